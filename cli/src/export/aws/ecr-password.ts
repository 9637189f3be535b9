import type { AwsConfig } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { checkedExpiry, ecrLimitMs, makeClient } from '@ecr-anywhere/shared/aws/ecr.ts'
import { regionOf, type Scope } from '@ecr-anywhere/shared/scope.ts'
import { decodeToken } from '@ecr-anywhere/shared/token.ts'
import { ecrRefusal } from '../aws-refusal.ts'
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
  const action = scope.kind === 'public' ? 'ecr-public:GetAuthorizationToken' : 'ecr:GetAuthorizationToken'
  const call = { action, region: regionOf(scope), roleArn }
  const from = `${action} in ${call.region}`
  const ask = makeClient(scope, config, credentials)
  const authorization = await ask(AbortSignal.timeout(ecrLimitMs)).catch((error: unknown) => {
    throw ecrRefusal(error, call)
  })
  return checkedExpiry(decodeToken({ ...authorization, from }), { from, nowMs: Date.now() }).password
}
