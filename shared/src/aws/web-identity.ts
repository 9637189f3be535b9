import type { AwsConfig } from './aws-config.ts'
import { type AwsCall, webIdentityAction } from './aws-fault.ts'
import { cachedCredentials, stsLimitMs } from './cached-credentials.ts'
import { type Sessions, sessionsOf } from './sessions.ts'
import { assumeRoleWithWebIdentity } from './sts.ts'

export interface WebIdentityOptions {
  config: Pick<AwsConfig, 'region' | 'requestHandler'>
  /** The role and, for messages, who assumes it. */
  call: Omit<AwsCall, 'action' | 'region' | 'roleArn'> & { roleArn: string }
  sessionName: string
  /** A session policy, in JSON. */
  policy?: string | undefined
  /** Returns the identity token. It is called again for each session. @throws Fault */
  identityToken: () => Promise<string>
  /** Creates the error for a refusal by AWS. By default, it names the call. */
  refusal?: ((error: unknown, token: string) => Error) | undefined
  /** Called with the percentage of AWS's limit that the session policy uses. */
  onPackedPolicySize?: ((percent: number) => void) | undefined
}

/** Sessions of a role that is assumed with an identity token, such as the projected service account token of a pod. */
export function webIdentity({
  config,
  call,
  sessionName,
  policy,
  identityToken,
  refusal,
  onPackedPolicySize,
}: WebIdentityOptions): Sessions {
  const { roleArn } = call
  const provider = cachedCredentials({ ...call, action: webIdentityAction, region: config.region }, async () => {
    const token = await identityToken()
    const request = { roleArn, sessionName, token, policy }
    const issued = assumeRoleWithWebIdentity(config, request, AbortSignal.timeout(stsLimitMs))
    const { credentials, packedPolicySize } = await issued.catch((error: unknown) => Promise.reject(refusal?.(error, token) ?? error))
    if (packedPolicySize !== undefined) onPackedPolicySize?.(packedPolicySize)
    return credentials
  })
  return sessionsOf(provider)
}
