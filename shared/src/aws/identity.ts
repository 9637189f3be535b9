import { readFile } from 'node:fs/promises'
import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers'
import type { AwsCredentialIdentity } from '@smithy/types'
import { cache } from '../cache.ts'
import { googleIdentityToken } from '../google/metadata.ts'
import { defaultTenant } from '../names.ts'
import { partitionOfArn, partitionOfRegion, regionFor } from '../partition.ts'
import { policyOf, type Tenant } from '../tenants.ts'
import type { AwsConfig } from './aws-config.ts'
import { type AwsCall, nameOf, scopedCredentialsAction, webIdentityAction } from './aws-fault.ts'
import { cachedCredentials, cacheWorld, inTime, stsLimitMs, tooLate } from './cached-credentials.ts'
import { type Sessions, sessionsOf } from './sessions.ts'
import { assumeRole, callerIdentity, type IssuedSession, type Principal, type RoleRequest, scopedCredentials } from './sts.ts'
import { webIdentity } from './web-identity.ts'

/** The AWS identity of a tenant. */
export interface Identity {
  sessions: Sessions
  /** Returns the principal. It is requested once and then cached. @throws Fault `transient` */
  principal: (limitMs: number) => Promise<Principal>
  roleArn?: string | undefined
  /** The region of its STS calls and of its own registry: the configured region, unless its role is in another partition. */
  region: string
}

export interface IdentityOptions {
  config: AwsConfig
  env: NodeJS.ProcessEnv
  clusterName: string
  /** Called for each session with a session policy, with the percentage of AWS's limit that the policy uses. */
  onPackedPolicySize?: ((tenant: string, percent: number) => void) | undefined
}

/** AWS's limit for RoleSessionName. */
const sessionNameLength = 64

/** The AWS identity of a tenant: its web identity, its profile or the ambient identity, with which its role is assumed if it has one. */
export function tenantIdentity(tenant: Tenant, ambient: Sessions, options: IdentityOptions): Identity {
  const { name, roleArn, externalId, sessionTags } = tenant
  const region = regionFor(roleArn ?? tenant.webIdentity?.roleArn, options.config.region)
  const config = { ...options.config, region }
  const sessionName = sessionNameOf(options, name)
  const limit = {
    policy: policyOf(tenant, partitionOfArn(roleArn ?? tenant.webIdentity?.roleArn) ?? partitionOfRegion(region)),
    onPackedPolicySize: (percent: number) => options.onPackedPolicySize?.(name, percent),
  }
  const base = baseIdentity(tenant, ambient, { config, sessionName, limit: roleArn === undefined ? limit : {} })
  const sessions =
    roleArn === undefined ? base : withRole(base, { config, tenant: name, role: { roleArn, sessionName, externalId, sessionTags }, limit })
  const call = { action: 'sts:GetCallerIdentity', tenant: name, roleArn, region }
  const principals = cache<string, Principal>({
    ...cacheWorld,
    id: tenant => tenant,
    load: () =>
      inTime(call, () => sessions.use({ call }, credentials => callerIdentity(config, credentials, AbortSignal.timeout(stsLimitMs)))),
    stage: () => 'fresh',
    tooLate: () => tooLate(call),
  })
  const finalRole = roleArn ?? tenant.webIdentity?.roleArn
  return { sessions, region, roleArn: finalRole, principal: async limitMs => (await principals.get(name, limitMs)).value }
}

/**
 * The ambient identity. By default it comes from the SDK's provider chain. With AWS_AUDIENCE, it comes from an identity token of Google's
 * metadata server. With AWS_ROLE_ARN but neither a token file nor an audience, that role is assumed with the chain's identity.
 */
export function ambientIdentity(options: IdentityOptions): Sessions {
  const { config, env } = options
  const { region, requestHandler } = config
  const { AWS_ROLE_ARN: roleArn, AWS_AUDIENCE: audience, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, GCE_METADATA_HOST: host } = env
  const sessionName = env.AWS_ROLE_SESSION_NAME || sessionNameOf(options, defaultTenant)
  const call = { tenant: defaultTenant, roleArn: roleArn || undefined, region }
  if (audience && !tokenFile) {
    const identityToken = () => googleIdentityToken({ audience, host: host || undefined })
    return webIdentity({ config, call: { tenant: defaultTenant, roleArn: roleArn ?? '' }, sessionName, identityToken })
  }
  // ignoreCache, so that changed keys in the shared files are read again. The chain itself caches credentials until they expire.
  const newChain = () =>
    fromNodeProviderChain({ clientConfig: { region, requestHandler }, roleSessionName: sessionName, ignoreCache: true })
  let chain = newChain()
  const looking = { ...call, action: tokenFile ? webIdentityAction : "looking for the webhook's AWS identity" }
  const found = sessionsOf(async (properties = {}) => {
    try {
      const session = await inTime(looking, () => chain(properties))
      const leftMs = (session.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - cacheWorld.nowMs()
      // A session with more time left is preferred but not required.
      return leftMs >= (properties.minLeftMs ?? 0)
        ? session
        : await inTime(looking, () => chain({ forceRefresh: true })).catch(() => session)
    } catch (error) {
      // If this call hangs, all later calls on the same chain would wait for it.
      chain = newChain()
      throw error
    }
  })
  if (!roleArn || tokenFile) return found
  return withRole(found, { config, tenant: defaultTenant, role: { roleArn, sessionName }, limit: {} })
}

/** The session policy of a tenant, if it has one. */
interface Limit {
  policy?: string | undefined
  onPackedPolicySize?: (percent: number) => void
}

/** The sessions of a role that is assumed with the credentials of `base`. */
function withRole(
  base: Sessions,
  { config, tenant, role, limit }: { config: AwsConfig; tenant: string; role: RoleRequest; limit: Limit },
): Sessions {
  const call = { action: 'sts:AssumeRole', tenant, roleArn: role.roleArn, region: config.region }
  const request = { ...role, policy: limit.policy }
  return issuedWith(base, call, limit, credentials =>
    assumeRole(config, { credentials, role: request, abortSignal: AbortSignal.timeout(stsLimitMs) }),
  )
}

/** Sessions that AWS issues for the credentials of `base`. */
function issuedWith(
  base: Sessions,
  call: AwsCall,
  { onPackedPolicySize }: Limit,
  issue: (credentials: AwsCredentialIdentity) => Promise<IssuedSession>,
): Sessions {
  const provider = cachedCredentials(call, () =>
    base.use({ call, witness: nameOf(call) }, async credentials => {
      const issued = await issue(credentials)
      if (issued.packedPolicySize !== undefined) onPackedPolicySize?.(issued.packedPolicySize)
      return issued.credentials
    }),
  )
  return sessionsOf(provider)
}

/** The identity with which a tenant's role is assumed, or its final identity, within the limit, if it has no role. */
function baseIdentity(
  { name, webIdentity: given, profile }: Tenant,
  ambient: Sessions,
  { config, sessionName, limit }: { config: AwsConfig; sessionName: string; limit: Limit },
): Sessions {
  const { region, requestHandler } = config
  const clientConfig = { region, requestHandler }
  if (given !== undefined) {
    const { roleArn, tokenFile } = given
    // The file is read for each session, because it is rotated.
    const identityToken = () => readFile(tokenFile, 'utf8')
    return webIdentity({ config, call: { tenant: name, roleArn }, sessionName, identityToken, ...limit })
  }
  if (profile === undefined) return scoped(ambient, { config, tenant: name, limit })
  const found = cachedCredentials({ action: `looking for profile ${profile}`, tenant: name, region }, () =>
    fromIni({ profile, clientConfig, parentClientConfig: clientConfig, ignoreCache: true })(),
  )
  return scoped(sessionsOf(found), { config, tenant: name, limit })
}

/** The sessions of `base` with the permissions of a session policy only, if there is one. */
function scoped(base: Sessions, { config, tenant, limit }: { config: AwsConfig; tenant: string; limit: Limit }): Sessions {
  const { policy } = limit
  if (policy === undefined) return base
  const call = { action: scopedCredentialsAction, tenant, region: config.region }
  return issuedWith(base, call, limit, credentials =>
    scopedCredentials(config, { credentials, policy, abortSignal: AbortSignal.timeout(stsLimitMs) }),
  )
}

/** The session name identifies cluster and tenant in CloudTrail. */
function sessionNameOf({ clusterName }: IdentityOptions, tenant: string): string {
  return `${clusterName}@${tenant}`.slice(0, sessionNameLength)
}
