import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { ECRPUBLICClient, GetAuthorizationTokenCommand as GetPublicAuthorizationTokenCommand } from '@aws-sdk/client-ecr-public'
import type { AwsCredentialIdentityProvider } from '@smithy/types'
import { Fault } from '../fault.ts'
import { publicRegion, regionOf, type Scope, scopeId } from '../scope.ts'
import { decodeToken, type Token } from '../token.ts'
import type { AwsConfig } from './config.ts'
import { awsFault, nameOf, refusesCredentials } from './fault.ts'

/** One call, retries included: the API server's default webhook timeout, 10 s, less 1 s to answer in. */
export const ecrLimitMs = 9_000

export interface EcrOptions {
  config: AwsConfig
  tenant: string
  roleArn?: string | undefined
  credentials: AwsCredentialIdentityProvider
  nowMs: () => number
}

/**
 * A function that asks ECR for a token of a scope, for one principal. It keeps a client per scope, so that connections are reused.
 *
 * @returns the token; the function throws Fault `passing` with AWS's code
 */
export function ecrTokens({ config, tenant, roleArn, credentials, nowMs }: EcrOptions): (scope: Scope) => Promise<Token> {
  const clients = new Map<string, (abortSignal: AbortSignal) => Promise<Authorization | undefined>>()
  let forceRefresh = false

  return async scope => {
    const region = regionOf(scope)
    const action = scope.kind === 'public' ? 'ecr-public:GetAuthorizationToken' : 'ecr:GetAuthorizationToken'
    const call = { action, tenant, roleArn, region }
    try {
      // Resolved here first, so that a missing identity or a refused role is not taken for a fault of ECR.
      await credentials({ forceRefresh })
      forceRefresh = false
      const answer = await clientFor(scope)(AbortSignal.timeout(ecrLimitMs))
      return arrivedAlive(decodeToken({ ...answer, from: nameOf(call) }), { from: nameOf(call), nowMs: nowMs() })
    } catch (error) {
      const fault = awsFault(error, call)
      forceRefresh = refusesCredentials(fault)
      // Each client also remembers the credentials that AWS has just refused.
      if (forceRefresh) clients.clear()
      throw fault
    }
  }

  function clientFor(scope: Scope) {
    const id = scopeId(scope)
    const client = clients.get(id) ?? makeClient(scope, config, credentials)
    clients.set(id, client)
    return client
  }
}

interface Authorization {
  authorizationToken?: string | undefined
  expiresAt?: Date | undefined
}

function makeClient(scope: Scope, { requestHandler, customEndpoint }: AwsConfig, credentials: AwsCredentialIdentityProvider) {
  if (scope.kind === 'public') {
    const client = new ECRPUBLICClient({ region: publicRegion, requestHandler, credentials })
    return async (abortSignal: AbortSignal): Promise<Authorization | undefined> =>
      (await client.send(new GetPublicAuthorizationTokenCommand({}), { abortSignal })).authorizationData
  }
  const client = new ECRClient({
    region: scope.region,
    requestHandler,
    credentials,
    useFipsEndpoint: scope.fips && !customEndpoint,
    useDualstackEndpoint: scope.dualStack && !customEndpoint,
  })
  return async (abortSignal: AbortSignal): Promise<Authorization | undefined> =>
    (await client.send(new GetAuthorizationTokenCommand({}), { abortSignal })).authorizationData?.[0]
}

/** A token that has ended when it comes would be stored as a broken Secret: better a clear refusal. */
function arrivedAlive(token: Token, { from, nowMs }: { from: string; nowMs: number }): Token {
  if (token.expiresAtMs > nowMs) return token
  throw new Fault('passing', {
    code: 'ExpiredOnArrival',
    found: `a new token from ${from} that ended at ${new Date(token.expiresAtMs).toISOString()}, while this machine's clock says ${new Date(nowMs).toISOString()}`,
    wanted: 'a token that ends in the future',
    todo: "Set this machine's clock (NTP).",
  })
}
