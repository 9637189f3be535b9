import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { ECRPUBLICClient, GetAuthorizationTokenCommand as GetPublicAuthorizationTokenCommand } from '@aws-sdk/client-ecr-public'
import type { AwsCredentialIdentity } from '@smithy/types'
import { Fault } from '../fault.ts'
import { publicRegion, regionOf, type Scope, scopeId } from '../scope.ts'
import { believed, decodeToken, type Token } from '../token.ts'
import type { AwsConfig } from './aws-config.ts'
import { nameOf } from './aws-fault.ts'
import type { Sessions } from './sessions.ts'

/** One call, retries included: the API server's default webhook timeout, 10 s, less 1 s to answer in. */
export const ecrLimitMs = 9_000

/** A public token dies with the session that asked for it, so it is asked for with a long one: by default a session lasts an hour. */
export const publicSessionMinLeftMs = 45 * 60_000

export interface EcrOptions {
  config: AwsConfig
  tenant: string
  roleArn?: string | undefined
  sessions: Sessions
  nowMs: () => number
}

/**
 * A function that asks ECR for a token of a scope, for one principal. It keeps a client per scope, so that connections are reused.
 *
 * @returns the token; the function throws Fault `transient` with AWS's code
 */
export function ecrTokens({ config, tenant, roleArn, sessions, nowMs }: EcrOptions): (scope: Scope) => Promise<Token> {
  const clients = new Map<string, { accessKeyId: string; ask: Ask }>()

  return scope => {
    const isPublic = scope.kind === 'public'
    const action = isPublic ? 'ecr-public:GetAuthorizationToken' : 'ecr:GetAuthorizationToken'
    const call = { action, tenant, roleArn, region: regionOf(scope) }
    const from = nameOf(call)
    const about = { call, witness: `${tenant} ${scopeId(scope)}`, ...(isPublic && { minLeftMs: publicSessionMinLeftMs }) }
    return sessions.use(about, async credentials => {
      const token = decodeToken({ ...(await clientFor(scope, credentials)(AbortSignal.timeout(ecrLimitMs))), from })
      const untilMs = isPublic ? credentials.expiration?.getTime() : undefined
      return arrivedAlive(believed(token, { nowMs: nowMs(), untilMs: untilMs ?? Number.POSITIVE_INFINITY }), { from, nowMs: nowMs() })
    })
  }

  /** A client of the SDK remembers the credentials that it has: another session is another client. */
  function clientFor(scope: Scope, credentials: AwsCredentialIdentity): Ask {
    const id = scopeId(scope)
    const { accessKeyId } = credentials
    const known = clients.get(id)
    if (known?.accessKeyId === accessKeyId) return known.ask
    const ask = makeClient(scope, config, credentials)
    clients.set(id, { accessKeyId, ask })
    return ask
  }
}

type Ask = (abortSignal: AbortSignal) => Promise<Authorization | undefined>

interface Authorization {
  authorizationToken?: string | undefined
  expiresAt?: Date | undefined
}

function makeClient(scope: Scope, { requestHandler, customEndpoint }: AwsConfig, credentials: AwsCredentialIdentity): Ask {
  if (scope.kind === 'public') {
    const client = new ECRPUBLICClient({ region: publicRegion, requestHandler, credentials })
    return async abortSignal => (await client.send(new GetPublicAuthorizationTokenCommand({}), { abortSignal })).authorizationData
  }
  const client = new ECRClient({
    region: scope.region,
    requestHandler,
    credentials,
    useFipsEndpoint: scope.fips && !customEndpoint,
    useDualstackEndpoint: scope.dualStack && !customEndpoint,
  })
  return async abortSignal => (await client.send(new GetAuthorizationTokenCommand({}), { abortSignal })).authorizationData?.[0]
}

/** A token that has expired when it comes would be stored as a broken Secret: better a clear refusal. */
function arrivedAlive(token: Token, { from, nowMs }: { from: string; nowMs: number }): Token {
  if (token.expiresAtMs > nowMs) return token
  throw new Fault('transient', {
    code: 'ExpiredOnArrival',
    found: `a new token from ${from} that ended at ${new Date(token.expiresAtMs).toISOString()}, while this machine's clock says ${new Date(nowMs).toISOString()}`,
    wanted: 'a token that ends in the future',
    todo: "Set this machine's clock (NTP).",
  })
}
