import { fromIni, fromNodeProviderChain, fromTokenFile } from '@aws-sdk/credential-providers'
import { cache } from '../cache.ts'
import { googleIdentityToken } from '../google/metadata.ts'
import { defaultTenant } from '../names.ts'
import { regionFor } from '../partition.ts'
import type { Tenant } from '../tenants.ts'
import type { AwsConfig } from './aws-config.ts'
import { nameOf, webIdentityAction } from './aws-fault.ts'
import { cachedCredentials, cacheWorld, inTime, stsLimitMs, tooLate } from './cached-credentials.ts'
import { type Sessions, sessionsOf } from './sessions.ts'
import { assumeRole, callerIdentity, type Principal, type RoleRequest } from './sts.ts'
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
}

/** AWS's limit for RoleSessionName. */
const sessionNameLength = 64

/** The AWS identity of a tenant: its web identity, its profile or the ambient identity, with which its role is assumed if it has one. */
export function tenantIdentity(tenant: Tenant, ambient: Sessions, options: IdentityOptions): Identity {
  const { name, roleArn, externalId, sessionTags } = tenant
  const region = regionFor(roleArn ?? tenant.webIdentity?.roleArn, options.config.region)
  const config = { ...options.config, region }
  const sessionName = sessionNameOf(options, name)
  const base = baseIdentity(tenant, ambient, { config, sessionName })
  const sessions =
    roleArn === undefined ? base : withRole(base, { config, tenant: name, role: { roleArn, sessionName, externalId, sessionTags } })
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
    return webIdentity({ config, call, sessionName, identityToken })
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
  return withRole(found, { config, tenant: defaultTenant, role: { roleArn, sessionName } })
}

/** The sessions of a role that is assumed with the credentials of `base`. */
function withRole(base: Sessions, { config, tenant, role }: { config: AwsConfig; tenant: string; role: RoleRequest }): Sessions {
  const call = { action: 'sts:AssumeRole', tenant, roleArn: role.roleArn, region: config.region }
  const assumed = cachedCredentials(call, () =>
    base.use({ call, witness: nameOf(call) }, credentials =>
      assumeRole(config, { credentials, role, abortSignal: AbortSignal.timeout(stsLimitMs) }),
    ),
  )
  return sessionsOf(assumed)
}

/** The identity with which a tenant's role is assumed, or its final identity if it has no role. */
function baseIdentity(
  { name, webIdentity, profile }: Tenant,
  ambient: Sessions,
  { config: { region, requestHandler }, sessionName }: { config: AwsConfig; sessionName: string },
): Sessions {
  const clientConfig = { region, requestHandler }
  if (webIdentity !== undefined) {
    const { roleArn, tokenFile } = webIdentity
    // A new provider for each call, so that a rotated token file is read again.
    const identified = cachedCredentials({ action: webIdentityAction, tenant: name, roleArn, region }, () =>
      fromTokenFile({ roleArn, webIdentityTokenFile: tokenFile, roleSessionName: sessionName, clientConfig })(),
    )
    return sessionsOf(identified)
  }
  if (profile !== undefined) {
    const found = cachedCredentials({ action: `looking for profile ${profile}`, tenant: name, region }, () =>
      fromIni({ profile, clientConfig, parentClientConfig: clientConfig, ignoreCache: true })(),
    )
    return sessionsOf(found)
  }
  return ambient
}

/** The session name identifies cluster and tenant in CloudTrail. */
function sessionNameOf({ clusterName }: IdentityOptions, tenant: string): string {
  return `${clusterName}@${tenant}`.slice(0, sessionNameLength)
}
