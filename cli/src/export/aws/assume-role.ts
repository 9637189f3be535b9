import type { AwsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { assumeRoleWithWebIdentity, type WebIdentityRequest } from '@ecr-anywhere/shared/aws/sts.ts'
import type { SessionCredentials } from '../formats.ts'

/** The limit of the call with its retries. */
const limitMs = 20_000

/** Exchanges an identity token for the credentials of a role. @throws what the SDK throws */
export async function assumeRole(config: AwsConfig, request: WebIdentityRequest): Promise<SessionCredentials> {
  const { credentials } = await assumeRoleWithWebIdentity(config, request, AbortSignal.timeout(limitMs))
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials
  return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs: expiration.getTime() }
}
