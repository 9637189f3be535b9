import { setTimeout as sleep } from 'node:timers/promises'
import { fromIni, fromNodeProviderChain, fromTokenFile, fromWebToken } from '@aws-sdk/credential-providers'
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types'
import { googleIdentityToken } from '../google/metadata.ts'
import { memo } from '../memo.ts'
import { defaultTenant } from '../names.ts'
import { regionFor } from '../registry.ts'
import type { Tenant } from '../tenants.ts'
import type { AwsConfig } from './config.ts'
import { type AwsCall, awsFault } from './fault.ts'
import { assumeRole, callerIdentity, type Principal } from './sts.ts'

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

/** Credentials are renewed with this left: the window in which the SDK's own providers take them for expired. */
const renewMs = 5 * 60_000
/** One call of STS, retries included: shorter than an admission's 9 s, so that ECR still has some. */
export const stsLimitMs = 6_000
/** AWS's limit for RoleSessionName. */
const sessionNameLength = 64

/** Who a tenant is to AWS: its web identity, its profile or the ambient identity, and its role on top of that. */
export function tenantIdentity(tenant: Tenant, ambient: AwsCredentialIdentityProvider, options: IdentityOptions): Identity {
  const { name, roleArn, externalId, sessionTags } = tenant
  const region = regionFor(roleArn ?? tenant.webIdentity?.roleArn, options.config.region)
  const config = { ...options.config, region }
  const sessionName = sessionNameOf(options, name)
  const base = baseIdentity(tenant, ambient, { config, sessionName })
  const role = { roleArn: roleArn ?? '', sessionName, externalId, sessionTags }
  const call = { action: 'sts:AssumeRole', tenant: name, roleArn, region }
  const credentials =
    roleArn === undefined
      ? base
      : remembered(call, () => assumeRole(config, { credentials: base, role, abortSignal: AbortSignal.timeout(stsLimitMs) }))
  const asked = { action: 'sts:GetCallerIdentity', tenant: name, roleArn, region }
  const who = memo<string, Principal>({
    ...world,
    id: tenant => tenant,
    load: () => orFault(asked, () => callerIdentity(config, credentials, AbortSignal.timeout(stsLimitMs))),
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
    return remembered({ ...call, action: 'sts:AssumeRoleWithWebIdentity' }, async () => {
      const webIdentityToken = await googleIdentityToken({ audience, host: host || undefined })
      return fromWebToken({
        roleArn: roleArn ?? '',
        roleSessionName: sessionName,
        webIdentityToken,
        clientConfig: { region, requestHandler },
      })()
    })
  }
  const chain = fromNodeProviderChain({ clientConfig: { region, requestHandler }, roleSessionName: sessionName })
  const found: AwsCredentialIdentityProvider = properties =>
    orFault({ ...call, action: tokenFile ? 'sts:AssumeRoleWithWebIdentity' : "looking for the webhook's AWS identity" }, () =>
      chain(properties),
    )
  if (!roleArn || tokenFile) return found
  return remembered({ ...call, action: 'sts:AssumeRole' }, () =>
    assumeRole(config, { credentials: found, role: { roleArn, sessionName }, abortSignal: AbortSignal.timeout(stsLimitMs) }),
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
    return remembered({ action: 'sts:AssumeRoleWithWebIdentity', tenant: name, roleArn, region }, () =>
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

/** A provider that keeps what it got until shortly before it ends: one call of STS serves all regions. */
function remembered(call: AwsCall, load: () => Promise<AwsCredentialIdentity>): AwsCredentialIdentityProvider {
  let refused: AwsCredentialIdentity | undefined
  const held = memo<string, AwsCredentialIdentity>({
    ...world,
    id: name => name,
    load: () => orFault(call, load),
    stage: ({ value }, nowMs) => {
      const leftMs = (value.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - nowMs
      if (value === refused || leftMs <= 0) return 'spent'
      return leftMs > renewMs ? 'fresh' : 'waning'
    },
    tooLate: () => tooLate(call),
  })
  return async properties => {
    // AWS said "expired" to credentials that this clock takes for good ones: never offer them again.
    if (properties?.forceRefresh === true) refused = [...held.entries()][0]?.held?.value
    return (await held.get(call.tenant, stsLimitMs)).value
  }
}

async function orFault<T>(call: AwsCall, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw awsFault(error, call)
  }
}

function tooLate(call: AwsCall): Error {
  return awsFault(Object.assign(new Error('no answer in time'), { name: 'Timeout' }), call)
}

/** Shown in CloudTrail: says which cluster and tenant it was. */
function sessionNameOf({ clusterName }: IdentityOptions, tenant: string): string {
  return `${clusterName}@${tenant}`.slice(0, sessionNameLength)
}

const world = {
  nowMs: Date.now,
  random: Math.random,
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
}
