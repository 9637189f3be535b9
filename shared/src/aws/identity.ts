import { setTimeout as sleep } from 'node:timers/promises'
import { fromNodeProviderChain } from '@aws-sdk/credential-providers'
import type { AwsCredentialIdentityProvider } from '@smithy/types'
import { memo } from '../memo.ts'
import type { Tenant } from '../tenants.ts'
import type { AwsConfig } from './config.ts'
import { awsFault } from './fault.ts'
import { assumeRole, callerIdentity, type Principal, type RoleCredentials, type RoleRequest } from './sts.ts'

/** An AWS identity of a tenant. */
export interface Identity {
  /** What the SDK's clients ask for credentials. With `forceRefresh`, whatever is cached counts as expired. @throws Fault `passing` */
  credentials: AwsCredentialIdentityProvider
  /** Who that is; asked once, then remembered. @throws Fault `passing` */
  principal: (limitMs: number) => Promise<Principal>
  roleArn?: string | undefined
}

/** Role credentials are renewed with this left: the window in which the SDK's own providers take them for expired. */
const renewRoleMs = 5 * 60_000
/** One call of STS, retries included: shorter than an admission's 9 s, so that ECR still has some. */
export const stsLimitMs = 6_000
/** AWS's limit for RoleSessionName. */
const sessionNameLength = 64

export interface IdentityOptions {
  config: AwsConfig
  env: NodeJS.ProcessEnv
  clusterName: string
}

/** The ambient identity: the SDK's chain, and with AWS_ROLE_ARN (but no token file, which the chain knows) that role on top. */
export function ambientIdentity(options: IdentityOptions): AwsCredentialIdentityProvider {
  const { config, env, clusterName } = options
  const { region, requestHandler } = config
  const chain = fromNodeProviderChain({ clientConfig: { region, requestHandler } })
  const wrapped: AwsCredentialIdentityProvider = async properties => {
    try {
      return await chain(properties)
    } catch (error) {
      throw awsFault(error, { action: "looking for the webhook's AWS identity", tenant: 'default', region })
    }
  }
  if (!env.AWS_ROLE_ARN || env.AWS_WEB_IDENTITY_TOKEN_FILE) return wrapped
  return assuming(config, wrapped, { tenant: 'default', role: { roleArn: env.AWS_ROLE_ARN, sessionName: clusterName } })
}

/** The identity of a tenant: its role, assumed from the ambient identity, or the ambient identity itself. */
export function tenantIdentity(
  { name, roleArn, externalId }: Tenant,
  ambient: AwsCredentialIdentityProvider,
  options: IdentityOptions,
): Identity {
  const { config, clusterName } = options
  const sessionName = `${clusterName}@${name}`.slice(0, sessionNameLength)
  const credentials =
    roleArn === undefined ? ambient : assuming(config, ambient, { tenant: name, role: { roleArn, sessionName, externalId } })
  const who = memo<string, Principal>({
    ...world,
    id: tenant => tenant,
    load: () => callIdentity(config, { credentials, tenant: name, roleArn }),
    stage: () => 'fresh',
    tooLate: (_, limitMs) => tooLate('sts:GetCallerIdentity', { tenant: name, roleArn, region: config.region, limitMs }),
  })
  return { credentials, roleArn, principal: async limitMs => (await who.get(name, limitMs)).value }
}

/** A provider that assumes a role and keeps the credentials until shortly before they end: one AssumeRole serves all regions. */
function assuming(
  config: AwsConfig,
  base: AwsCredentialIdentityProvider,
  { tenant, role }: { tenant: string; role: RoleRequest },
): AwsCredentialIdentityProvider {
  const call = { action: 'sts:AssumeRole', tenant, roleArn: role.roleArn, region: config.region }
  let refused: RoleCredentials | undefined
  const held = memo<string, RoleCredentials>({
    ...world,
    id: arn => arn,
    load: async () => {
      try {
        return await assumeRole(config, { credentials: base, role, abortSignal: AbortSignal.timeout(stsLimitMs) })
      } catch (error) {
        throw awsFault(error, call)
      }
    },
    stage: ({ value }, nowMs) => {
      const leftMs = value.expiration.getTime() - nowMs
      if (value === refused || leftMs <= 0) return 'spent'
      return leftMs > renewRoleMs ? 'fresh' : 'waning'
    },
    tooLate: (_, limitMs) => tooLate(call.action, { ...call, limitMs }),
  })
  return async properties => {
    // AWS said "expired" to credentials that this clock takes for good ones: never offer them again.
    if (properties?.forceRefresh === true) refused = latest(held)
    return (await held.get(role.roleArn, stsLimitMs)).value
  }
}

const world = {
  nowMs: Date.now,
  random: Math.random,
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
}

function latest<V>(held: { entries: () => Iterable<{ held?: { value: V } }> }): V | undefined {
  for (const entry of held.entries()) return entry.held?.value
  return undefined
}

async function callIdentity(
  config: AwsConfig,
  { credentials, tenant, roleArn }: { credentials: AwsCredentialIdentityProvider; tenant: string; roleArn: string | undefined },
): Promise<Principal> {
  try {
    return await callerIdentity(config, credentials, AbortSignal.timeout(stsLimitMs))
  } catch (error) {
    throw awsFault(error, { action: 'sts:GetCallerIdentity', tenant, roleArn, region: config.region })
  }
}

function tooLate(
  action: string,
  { limitMs, ...call }: { tenant: string; roleArn?: string | undefined; region: string; limitMs: number },
): Error {
  return awsFault(Object.assign(new Error(`no answer in ${limitMs} ms`), { name: 'Timeout' }), { action, ...call })
}
