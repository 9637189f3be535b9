import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { ECRPUBLICClient, GetAuthorizationTokenCommand as GetPublicAuthorizationTokenCommand } from '@aws-sdk/client-ecr-public'
import type { AwsCredentialIdentity } from '@smithy/types'
import { Fault } from '../fault.ts'
import { publicRegion, regionOf, type Scope, scopeId } from '../scope.ts'
import { believed, decodeToken, type Token } from '../token.ts'
import type { AwsConfig } from './aws-config.ts'
import { nameOf } from './aws-fault.ts'
import type { Sessions } from './sessions.ts'

/** The limit of one call with its retries: the API server's default webhook timeout, 10 s, less 1 s for the answer. */
export const ecrLimitMs = 9_000

/** A public token expires with the session that requested it, so that session must have this long left. By default a session lasts 1 h. */
export const publicSessionMinLeftMs = 45 * 60_000

export interface EcrOptions {
  config: AwsConfig
  tenant?: string | undefined
  /** The program that calls, for messages. */
  caller?: string | undefined
  roleArn?: string | undefined
  sessions: Sessions
  nowMs: () => number
}

/**
 * Creates the function that requests a token for a scope, for one principal. It keeps one client per scope, so that connections are reused.
 *
 * @returns a function that returns the token, or throws Fault `transient` with AWS's code
 */
export function ecrTokens({ config, tenant, caller, roleArn, sessions, nowMs }: EcrOptions): (scope: Scope) => Promise<Token> {
  const clients = new Map<string, { accessKeyId: string; ask: Ask }>()

  return scope => {
    const isPublic = scope.kind === 'public'
    const action = isPublic ? 'ecr-public:GetAuthorizationToken' : 'ecr:GetAuthorizationToken'
    const call = { action, tenant, caller, roleArn, region: regionOf(scope) }
    const from = nameOf(call)
    const about = { call, witness: `${tenant ?? ''} ${scopeId(scope)}`, ...(isPublic && { minLeftMs: publicSessionMinLeftMs }) }
    return sessions.use(about, async credentials => {
      const token = decodeToken({ ...(await clientFor(scope, credentials)(AbortSignal.timeout(ecrLimitMs))), from })
      const untilMs = isPublic ? credentials.expiration?.getTime() : undefined
      return checkedExpiry(believed(token, { nowMs: nowMs(), untilMs: untilMs ?? Number.POSITIVE_INFINITY }), { from, nowMs: nowMs() })
    })
  }

  /** An SDK client keeps the credentials that it was created with, so a new session needs a new client. */
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

/** Refuses a token that has already expired, because the Secret would be stored with invalid credentials. */
function checkedExpiry(token: Token, { from, nowMs }: { from: string; nowMs: number }): Token {
  if (token.expiresAtMs > nowMs) return token
  throw new Fault('transient', {
    code: 'ExpiredOnArrival',
    found: `a new token from ${from} that expired at ${new Date(token.expiresAtMs).toISOString()}, while this machine's clock says ${new Date(nowMs).toISOString()}`,
    wanted: 'a token that expires in the future',
    todo: "Set this machine's clock (NTP).",
  })
}
