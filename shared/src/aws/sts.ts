import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { parseArn } from '@aws-sdk/core/client'
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types'
import { Fault } from '../fault.ts'
import type { AwsConfig } from './config.ts'

/** Who the webhook is to AWS. */
export interface Principal {
  arn: string
  account: string
  /** Such as `aws` or `aws-cn`. */
  partition: string
}

/** @throws what the SDK throws */
export async function callerIdentity(
  { region, requestHandler }: AwsConfig,
  credentials: AwsCredentialIdentityProvider,
  abortSignal: AbortSignal,
): Promise<Principal> {
  const { Arn, Account } = await new STSClient({ region, requestHandler, credentials }).send(new GetCallerIdentityCommand({}), {
    abortSignal,
  })
  if (Arn === undefined || Account === undefined) throw malformed('GetCallerIdentity')
  return { arn: Arn, account: Account, partition: parseArn(Arn)?.partition ?? 'aws' }
}

/** Credentials of a role, with the moment they end; one hour by AWS's default. */
export type RoleCredentials = AwsCredentialIdentity & { expiration: Date }

export interface RoleRequest {
  roleArn: string
  /** Shown in CloudTrail: says which cluster and tenant asked. */
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
  { credentials, role, abortSignal }: { credentials: AwsCredentialIdentityProvider; role: RoleRequest; abortSignal: AbortSignal },
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
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw malformed('AssumeRole')
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration }
}

function malformed(action: string): Fault {
  return new Fault('passing', {
    code: 'MalformedResponse',
    found: `an answer of ${action} with fields missing`,
    wanted: 'the answer that AWS documents',
    todo: 'Is something between the webhook and AWS changing answers (a proxy, AWS_ENDPOINT_URL)?',
  })
}
