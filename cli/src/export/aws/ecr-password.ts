import type { AwsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { ecrTokens } from '@ecr-anywhere/shared/aws/ecr.ts'
import { sessionsOf } from '@ecr-anywhere/shared/aws/sessions.ts'
import type { SessionCredentials } from '@ecr-anywhere/shared/aws/sts.ts'
import type { Scope } from '@ecr-anywhere/shared/scope.ts'

/**
 * The password for the registries of a scope, of the user `AWS`.
 *
 * @throws Fault `transient` with AWS's code
 */
export async function ecrPassword(
  config: AwsConfig,
  { scope, credentials, roleArn }: { scope: Scope; credentials: SessionCredentials; roleArn: string },
): Promise<string> {
  const sessions = sessionsOf(async () => credentials)
  const token = ecrTokens({ config, caller: 'this machine', roleArn, sessions, nowMs: Date.now })
  return (await token(scope)).password
}
