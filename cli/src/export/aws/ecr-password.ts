import type { AwsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { ecrTokens } from '@ecr-anywhere/shared/aws/ecr.ts'
import { sessionsOf } from '@ecr-anywhere/shared/aws/sessions.ts'
import type { Scope } from '@ecr-anywhere/shared/scope.ts'
import type { SessionCredentials } from '../formats.ts'

/**
 * The password for the registries of a scope, of the user `AWS`.
 *
 * @throws Fault `transient` with AWS's code
 */
export async function ecrPassword(
  config: AwsConfig,
  { scope, credentials, roleArn }: { scope: Scope; credentials: SessionCredentials; roleArn: string },
): Promise<string> {
  const { expiresAtMs, ...keys } = credentials
  const sessions = sessionsOf(async () => ({ ...keys, expiration: new Date(expiresAtMs) }))
  const token = ecrTokens({ config, caller: 'this machine', roleArn, sessions, nowMs: Date.now })
  return (await token(scope)).password
}
