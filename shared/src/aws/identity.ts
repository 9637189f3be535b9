import { fromIni, fromNodeProviderChain, fromTokenFile, fromWebToken } from '@aws-sdk/credential-providers'
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

/** An AWS identity of a tenant. */
export interface Identity {
  sessions: Sessions
  /** Who that is; asked once, then cached. @throws Fault `transient` */
  principal: (limitMs: number) => Promise<Principal>
  roleArn?: string | undefined
  /** Where its STS is called and its own registry is: the install's region, unless its role is of another partition. */
  region: string
}

export interface IdentityOptions {
  config: AwsConfig
  env: NodeJS.ProcessEnv
  clusterName: string
}

/** AWS's limit for RoleSessionName. */
const sessionNameLength = 64

/** Who a tenant is to AWS: its web identity, its profile or the ambient identity, and its role on top of that. */
export function tenantIdentity(tenant: Tenant, ambient: Sessions, options: IdentityOptions): Identity {
  const { name, roleArn, externalId, sessionTags } = tenant
  const region = regionFor(roleArn ?? tenant.webIdentity?.roleArn, options.config.region)
  const config = { ...options.config, region }
  const sessionName = sessionNameOf(options, name)
  const base = baseIdentity(tenant, ambient, { config, sessionName })
  const sessions =
    roleArn === undefined ? base : onTop(base, { config, tenant: name, role: { roleArn, sessionName, externalId, sessionTags } })
  const asked = { action: 'sts:GetCallerIdentity', tenant: name, roleArn, region }
  const who = cache<string, Principal>({
    ...cacheWorld,
    id: tenant => tenant,
    load: () =>
      inTime(asked, () =>
        sessions.use({ call: asked }, credentials => callerIdentity(config, credentials, AbortSignal.timeout(stsLimitMs))),
      ),
    stage: () => 'fresh',
    tooLate: () => tooLate(asked),
  })
  const finalRole = roleArn ?? tenant.webIdentity?.roleArn
  return { sessions, region, roleArn: finalRole, principal: async limitMs => (await who.get(name, limitMs)).value }
}

/**
 * The ambient identity: the SDK's chain; with AWS_AUDIENCE Google's metadata server for a token; with AWS_ROLE_ARN and neither of a
 * token file and an audience, that role on top of the chain.
 */
export function ambientIdentity(options: IdentityOptions): Sessions {
  const { config, env } = options
  const { region, requestHandler } = config
  const { AWS_ROLE_ARN: roleArn, AWS_AUDIENCE: audience, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, GCE_METADATA_HOST: host } = env
  const sessionName = env.AWS_ROLE_SESSION_NAME || sessionNameOf(options, defaultTenant)
  const call = { tenant: defaultTenant, roleArn: roleArn || undefined, region }
  if (audience && !tokenFile) {
    const identified = cachedCredentials({ ...call, action: webIdentityAction }, async () => {
      const webIdentityToken = await googleIdentityToken({ audience, host: host || undefined })
      return fromWebToken({
        roleArn: roleArn ?? '',
        roleSessionName: sessionName,
        webIdentityToken,
        clientConfig: { region, requestHandler },
      })()
    })
    return sessionsOf(identified)
  }
  // ignoreCache: keys that changed in the shared files are read again. The chain itself remembers what it found until that ends.
  const newChain = () =>
    fromNodeProviderChain({ clientConfig: { region, requestHandler }, roleSessionName: sessionName, ignoreCache: true })
  let chain = newChain()
  const looking = { ...call, action: tokenFile ? webIdentityAction : "looking for the webhook's AWS identity" }
  const found = sessionsOf(async (properties = {}) => {
    try {
      const session = await inTime(looking, () => chain(properties))
      const leftMs = (session.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - cacheWorld.nowMs()
      // A longer one is only wished for.
      return leftMs >= (properties.minLeftMs ?? 0)
        ? session
        : await inTime(looking, () => chain({ forceRefresh: true })).catch(() => session)
    } catch (error) {
      // One that waits for ever would let all later asks wait with it.
      chain = newChain()
      throw error
    }
  })
  if (!roleArn || tokenFile) return found
  return onTop(found, { config, tenant: defaultTenant, role: { roleArn, sessionName } })
}

/** A role, assumed with the credentials of a base. */
function onTop(base: Sessions, { config, tenant, role }: { config: AwsConfig; tenant: string; role: RoleRequest }): Sessions {
  const call = { action: 'sts:AssumeRole', tenant, roleArn: role.roleArn, region: config.region }
  const assumed = cachedCredentials(call, () =>
    base.use({ call, witness: nameOf(call) }, credentials =>
      assumeRole(config, { credentials, role, abortSignal: AbortSignal.timeout(stsLimitMs) }),
    ),
  )
  return sessionsOf(assumed)
}

/** What a tenant's role is assumed from, or, without a role, what it is. */
function baseIdentity(
  { name, webIdentity, profile }: Tenant,
  ambient: Sessions,
  { config: { region, requestHandler }, sessionName }: { config: AwsConfig; sessionName: string },
): Sessions {
  const clientConfig = { region, requestHandler }
  if (webIdentity !== undefined) {
    const { roleArn, tokenFile } = webIdentity
    // Made anew for each call, so that a rotated token file is read again.
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

/** Shown in CloudTrail: says which cluster and tenant it was. */
function sessionNameOf({ clusterName }: IdentityOptions, tenant: string): string {
  return `${clusterName}@${tenant}`.slice(0, sessionNameLength)
}
