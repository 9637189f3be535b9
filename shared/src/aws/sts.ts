import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
  GetScopedCredentialsCommand,
  STSClient,
} from '@aws-sdk/client-sts'
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

/** The credentials of a session. By AWS's default, the session of a role expires after one hour. */
export type SessionCredentials = AwsCredentialIdentity & { sessionToken: string; expiration: Date }

export interface IssuedSession {
  credentials: SessionCredentials
  /** How much of AWS's limit for policies and tags the session uses, in percent. Undefined if it has neither. */
  packedPolicySize?: number | undefined
}

export interface RoleRequest {
  roleArn: string
  /** It identifies cluster and tenant in CloudTrail. */
  sessionName: string
  externalId?: string | undefined
  sessionTags?: Readonly<Record<string, string>> | undefined
  /** A session policy, in JSON. */
  policy?: string | undefined
}

/**
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, at the regional endpoint.
 *
 * @throws what the SDK throws
 */
export async function assumeRole(
  { region, requestHandler }: AwsConfig,
  { credentials, role, abortSignal }: { credentials: AwsCredentialIdentity; role: RoleRequest; abortSignal: AbortSignal },
): Promise<IssuedSession> {
  const { Credentials, PackedPolicySize } = await new STSClient({ region, requestHandler, credentials }).send(
    new AssumeRoleCommand({
      RoleArn: role.roleArn,
      RoleSessionName: role.sessionName,
      ExternalId: role.externalId,
      Tags: role.sessionTags === undefined ? undefined : Object.entries(role.sessionTags).map(([Key, Value]) => ({ Key, Value })),
      Policy: role.policy,
    }),
    { abortSignal },
  )
  return { credentials: checked(Credentials), packedPolicySize: PackedPolicySize }
}

export interface WebIdentityRequest {
  roleArn: string
  sessionName: string
  /** The identity token. */
  token: string
  /** A session policy, in JSON. */
  policy?: string | undefined
  /** By AWS's default, one hour. */
  durationSeconds?: number | undefined
}

/**
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html, at the regional endpoint. The call is not signed.
 *
 * @throws what the SDK throws
 */
export async function assumeRoleWithWebIdentity(
  { region, requestHandler }: Pick<AwsConfig, 'region' | 'requestHandler'>,
  { roleArn, sessionName, token, policy, durationSeconds }: WebIdentityRequest,
  abortSignal: AbortSignal,
): Promise<IssuedSession> {
  const { Credentials, PackedPolicySize } = await new STSClient({ region, requestHandler }).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      WebIdentityToken: token,
      Policy: policy,
      DurationSeconds: durationSeconds,
    }),
    { abortSignal },
  )
  return { credentials: checked(Credentials), packedPolicySize: PackedPolicySize }
}

/**
 * Credentials of the same identity with fewer permissions, for an identity that assumes no role. AWS accepts this call with temporary
 * credentials only. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
 *
 * @throws what the SDK throws
 */
export async function scopedCredentials(
  { region, requestHandler }: AwsConfig,
  { credentials, policy, abortSignal }: { credentials: AwsCredentialIdentity; policy: string; abortSignal: AbortSignal },
): Promise<IssuedSession> {
  const { Credentials, SessionTokenUtilization } = await new STSClient({ region, requestHandler, credentials }).send(
    new GetScopedCredentialsCommand({ Policy: policy }),
    { abortSignal },
  )
  return { credentials: checked(Credentials), packedPolicySize: SessionTokenUtilization }
}

function checked({ AccessKeyId, SecretAccessKey, SessionToken, Expiration }: Partial<Credentials> = {}): SessionCredentials {
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw malformed()
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration }
}

/** Named like the errors of the SDK's parsers. The caller adds the name of the call. */
function malformed(): Error {
  return Object.assign(new Error('an answer with fields missing'), { name: 'MalformedResponse' })
}
