import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { AwsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import type { SessionCredentials } from '../formats.ts'

/** The limit of the call with its retries. */
const limitMs = 20_000

export interface WebIdentityRequest {
  roleArn: string
  sessionName: string
  /** Undefined: AWS's default, 1 h. */
  durationSeconds: number | undefined
  token: string
}

/**
 * Exchanges an identity token for the credentials of a role, at the regional endpoint of STS. The call is not signed.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 *
 * @throws what the SDK throws
 */
export async function assumeRoleWithWebIdentity(
  { region, requestHandler }: AwsConfig,
  { roleArn, sessionName, durationSeconds, token }: WebIdentityRequest,
): Promise<SessionCredentials> {
  const { Credentials } = await new STSClient({ region, requestHandler }).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      WebIdentityToken: token,
      DurationSeconds: durationSeconds,
    }),
    { abortSignal: AbortSignal.timeout(limitMs) },
  )
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {}
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw Object.assign(new Error('an answer with fields missing'), { name: 'MalformedResponse' })
  }
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiresAtMs: Expiration.getTime() }
}
