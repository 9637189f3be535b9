import type { AwsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { assumeRoleWithWebIdentity, type SessionCredentials, type WebIdentityRequest } from '@ecr-anywhere/shared/aws/sts.ts'

/** The limit of the call with its retries. */
const limitMs = 20_000

/** Exchanges an identity token for the credentials of a role. @throws what the SDK throws */
export async function assumeRole(config: AwsConfig, request: WebIdentityRequest): Promise<SessionCredentials> {
  return (await assumeRoleWithWebIdentity(config, request, AbortSignal.timeout(limitMs))).credentials
}
