import { fromIni, fromNodeProviderChain, fromTokenFile, fromWebToken } from '@aws-sdk/credential-providers'
import type { AwsCredentialIdentityProvider } from '@smithy/types'
import { googleIdentityToken } from '../google/metadata.ts'
import { memo } from '../memo.ts'
import { defaultTenant } from '../names.ts'
import { regionFor } from '../registry.ts'
import type { Tenant } from '../tenants.ts'
import type { AwsConfig } from './config.ts'
import { webIdentityAction } from './fault.ts'
import { inTime, memoWorld, remembered, renewing, stsLimitMs, tooLate } from './remembered.ts'
import { assumeRole, callerIdentity, type Principal, type RoleRequest } from './sts.ts'

/** An AWS identity of a tenant. */
export interface Identity {
  /** What the SDK's clients ask for credentials. With `forceRefresh`, whatever is cached counts as expired. @throws Fault `passing` */
  credentials: AwsCredentialIdentityProvider
  /** Who that is; asked once, then remembered. @throws Fault `passing` */
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
export function tenantIdentity(tenant: Tenant, ambient: AwsCredentialIdentityProvider, options: IdentityOptions): Identity {
  const { name, roleArn, externalId, sessionTags } = tenant
  const region = regionFor(roleArn ?? tenant.webIdentity?.roleArn, options.config.region)
  const config = { ...options.config, region }
  const sessionName = sessionNameOf(options, name)
  const base = baseIdentity(tenant, ambient, { config, sessionName })
  const credentials =
    roleArn === undefined ? base : onTop(base, { config, tenant: name, role: { roleArn, sessionName, externalId, sessionTags } })
  const asked = { action: 'sts:GetCallerIdentity', tenant: name, roleArn, region }
  const asking = renewing(asked, credentials)
  const who = memo<string, Principal>({
    ...memoWorld,
    id: tenant => tenant,
    load: () => asking(credentials => callerIdentity(config, credentials, AbortSignal.timeout(stsLimitMs))),
    stage: () => 'fresh',
    tooLate: () => tooLate(asked),
  })
  const finalRole = roleArn ?? tenant.webIdentity?.roleArn
  return { credentials, region, roleArn: finalRole, principal: async limitMs => (await who.get(name, limitMs)).value }
}

/**
 * The ambient identity: the SDK's chain; with AWS_AUDIENCE Google's metadata server for a token; with AWS_ROLE_ARN and neither of a
 * token file and an audience, that role on top of the chain.
 */
export function ambientIdentity(options: IdentityOptions): AwsCredentialIdentityProvider {
  const { config, env } = options
  const { region, requestHandler } = config
  const { AWS_ROLE_ARN: roleArn, AWS_AUDIENCE: audience, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, GCE_METADATA_HOST: host } = env
  const sessionName = env.AWS_ROLE_SESSION_NAME || sessionNameOf(options, defaultTenant)
  const call = { tenant: defaultTenant, roleArn: roleArn || undefined, region }
  if (audience && !tokenFile) {
    return remembered({ ...call, action: webIdentityAction }, async () => {
      const webIdentityToken = await googleIdentityToken({ audience, host: host || undefined })
      return fromWebToken({
        roleArn: roleArn ?? '',
        roleSessionName: sessionName,
        webIdentityToken,
        clientConfig: { region, requestHandler },
      })()
    })
  }
  // ignoreCache: keys that changed in the shared files are read again. The chain itself remembers what it found until that ends.
  const newChain = () =>
    fromNodeProviderChain({ clientConfig: { region, requestHandler }, roleSessionName: sessionName, ignoreCache: true })
  let chain = newChain()
  const looking = { ...call, action: tokenFile ? webIdentityAction : "looking for the webhook's AWS identity" }
  const found: AwsCredentialIdentityProvider = async properties => {
    try {
      return await inTime(looking, () => chain(properties))
    } catch (error) {
      // One that waits for ever would let all later asks wait with it.
      chain = newChain()
      throw error
    }
  }
  if (!roleArn || tokenFile) return found
  return onTop(found, { config, tenant: defaultTenant, role: { roleArn, sessionName } })
}

/** A role, assumed with the credentials of a base. */
function onTop(
  base: AwsCredentialIdentityProvider,
  { config, tenant, role }: { config: AwsConfig; tenant: string; role: RoleRequest },
): AwsCredentialIdentityProvider {
  const call = { action: 'sts:AssumeRole', tenant, roleArn: role.roleArn, region: config.region }
  const asking = renewing(call, base)
  return remembered(call, () =>
    asking(credentials => assumeRole(config, { credentials, role, abortSignal: AbortSignal.timeout(stsLimitMs) })),
  )
}

/** What a tenant's role is assumed from, or, without a role, what it is. */
function baseIdentity(
  { name, webIdentity, profile }: Tenant,
  ambient: AwsCredentialIdentityProvider,
  { config: { region, requestHandler }, sessionName }: { config: AwsConfig; sessionName: string },
): AwsCredentialIdentityProvider {
  const clientConfig = { region, requestHandler }
  if (webIdentity !== undefined) {
    const { roleArn, tokenFile } = webIdentity
    // Made anew for each call, so that a rotated token file is read again.
    return remembered({ action: webIdentityAction, tenant: name, roleArn, region }, () =>
      fromTokenFile({ roleArn, webIdentityTokenFile: tokenFile, roleSessionName: sessionName, clientConfig })(),
    )
  }
  if (profile !== undefined) {
    return remembered({ action: `looking for profile ${profile}`, tenant: name, region }, () =>
      fromIni({ profile, clientConfig, parentClientConfig: clientConfig, ignoreCache: true })(),
    )
  }
  return ambient
}

/** Shown in CloudTrail: says which cluster and tenant it was. */
function sessionNameOf({ clusterName }: IdentityOptions, tenant: string): string {
  return `${clusterName}@${tenant}`.slice(0, sessionNameLength)
}
