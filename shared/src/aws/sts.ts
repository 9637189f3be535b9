import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { parseArn } from '@aws-sdk/core/client'
import type { AwsCredentialIdentity } from '@smithy/types'
import type { AwsConfig } from './aws-config.ts'

/** The principal of an AWS identity. */
export interface Principal {
  arn: string
  account: string
  /** For example `aws` or `aws-cn`. */
  partition: string
}

/** @throws what the SDK throws */
export async function callerIdentity(
  { region, requestHandler }: AwsConfig,
  credentials: AwsCredentialIdentity,
  abortSignal: AbortSignal,
): Promise<Principal> {
  const { Arn, Account } = await new STSClient({ region, requestHandler, credentials }).send(new GetCallerIdentityCommand({}), {
    abortSignal,
  })
  if (Arn === undefined || Account === undefined) throw malformed()
  return { arn: Arn, account: Account, partition: parseArn(Arn)?.partition ?? 'aws' }
}

/** The credentials of a role. By AWS's default they expire after one hour. */
export type RoleCredentials = AwsCredentialIdentity & { expiration: Date }

export interface RoleRequest {
  roleArn: string
  /** It identifies cluster and tenant in CloudTrail. */
  sessionName: string
  externalId?: string | undefined
  sessionTags?: Readonly<Record<string, string>> | undefined
}

/**
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, at the regional endpoint.
 *
 * @throws what the SDK throws
 */
export async function assumeRole(
  { region, requestHandler }: AwsConfig,
  { credentials, role, abortSignal }: { credentials: AwsCredentialIdentity; role: RoleRequest; abortSignal: AbortSignal },
): Promise<RoleCredentials> {
  const { Credentials } = await new STSClient({ region, requestHandler, credentials }).send(
    new AssumeRoleCommand({
      RoleArn: role.roleArn,
      RoleSessionName: role.sessionName,
      ExternalId: role.externalId,
      Tags: role.sessionTags === undefined ? undefined : Object.entries(role.sessionTags).map(([Key, Value]) => ({ Key, Value })),
    }),
    { abortSignal },
  )
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {}
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw malformed()
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration }
}

/** Named like the errors of the SDK's parsers. The caller adds the name of the call. */
function malformed(): Error {
  return Object.assign(new Error('an answer with fields missing'), { name: 'MalformedResponse' })
}
