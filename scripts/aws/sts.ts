import type { ApiCall, Result } from './api-call.ts'
import { AwsError, notAuthorized } from './aws-error.ts'
import { accountOf, defaultSessionSeconds, type Key, type Principal, type Principals, type Role } from './principals.ts'
import { packedSize, readSessionPolicy, type SessionPolicy } from './session-policy.ts'
import { checkWebIdentity, readWebIdentity } from './web-identity.ts'

interface Asked {
  /** Undefined if a request needs no signature. */
  principal: Principal | undefined
  nowMs: number
  /** Replaces the requested lifetime, for the fault that returns expired credentials. */
  lifeSeconds: number | undefined
}

/** The unsigned actions. AssumeRoleWithWebIdentity is called without AWS credentials. */
export function needsNoSignature({ api, action }: ApiCall): boolean {
  return api === 'sts' && action === 'AssumeRoleWithWebIdentity'
}

/**
 * GetCallerIdentity, AssumeRole, AssumeRoleWithWebIdentity and GetScopedCredentials.
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
 *
 * @throws AwsError `unknown-action`, `invalid-input`, `malformed-policy`, `access-denied`, `invalid-identity-token`, `expired-identity-token`
 */
export function sts(principals: Principals, { action, input }: ApiCall, { principal, nowMs, lifeSeconds }: Asked): Result {
  if (action === 'AssumeRoleWithWebIdentity') return assumeRoleWithWebIdentity(principals, input, { nowMs, lifeSeconds })
  if (!principal) throw new AwsError('no-authentication', 'Request is missing Authentication Token')
  if (action === 'GetCallerIdentity') return { Arn: principal.arn, UserId: principal.userId, Account: accountOf(principal.arn) }
  if (action === 'AssumeRole') return assumeRole(principals, input, { principal, nowMs, lifeSeconds })
  if (action === 'GetScopedCredentials') return getScopedCredentials(principals, input, { principal, lifeSeconds, nowMs })
  throw new AwsError('unknown-action', `Could not find operation ${action} for version 2011-06-15`)
}

/** The session tags of an AssumeRole call. The Query protocol numbers them from 1. */
export function sessionTags(input: Record<string, unknown>): Record<string, string> {
  const tags: Record<string, string> = {}
  for (let n = 1; input[`Tags.member.${n}.Key`] !== undefined; n++) {
    tags[text(input, `Tags.member.${n}.Key`)] = text(input, `Tags.member.${n}.Value`)
  }
  return tags
}

function assumeRole(principals: Principals, input: Record<string, unknown>, asked: Asked & { principal: Principal }): Result {
  const { principal, nowMs, lifeSeconds } = asked
  const { roleArn, sessionName, seconds } = checked(input)
  const role = principals.role(roleArn)
  // AWS returns the same error for a missing role and for one that does not trust the caller.
  if (!role || !trusts(role, principal) || !isSatisfied(role, input)) throw notAuthorized(principal.arn, 'sts:AssumeRole', roleArn)
  const chained = principal.arn !== principal.identityArn
  if (chained && seconds > defaultSessionSeconds) {
    throw new AwsError('invalid-input', 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining')
  }
  const expiresAtMs = nowMs + (lifeSeconds ?? role.sessionSeconds ?? seconds) * 1000
  return described(principals.openSession({ role, name: sessionName, expiresAtMs, policies: policiesIn(input) }), input)
}

function assumeRoleWithWebIdentity(
  principals: Principals,
  input: Record<string, unknown>,
  { nowMs, lifeSeconds }: Omit<Asked, 'principal'>,
): Result {
  const { roleArn, sessionName, seconds } = checked(input)
  const claims = readWebIdentity(text(input, 'WebIdentityToken'), nowMs)
  const role = principals.role(roleArn)
  if (!role) throw new AwsError('access-denied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity')
  checkWebIdentity(role, claims)
  if (seconds > (role.maxSessionSeconds ?? seconds)) {
    throw new AwsError('invalid-input', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  }
  const expiresAtMs = nowMs + (lifeSeconds ?? role.sessionSeconds ?? seconds) * 1000
  const key = principals.openSession({ role, name: sessionName, expiresAtMs, policies: policiesIn(input) })
  return {
    ...described(key, input),
    SubjectFromWebIdentityToken: claims.sub,
    Audience: role.aud ?? claims.aud[0] ?? '',
    Provider: claims.iss,
  }
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html */
function getScopedCredentials(principals: Principals, input: Record<string, unknown>, asked: Asked & { principal: Principal }): Result {
  const { principal, nowMs, lifeSeconds } = asked
  const { opened } = principal
  if (opened === undefined) throw new AwsError('access-denied', 'Cannot call GetScopedCredentials with IAM user or root credentials')
  const expiresAtMs = lifeSeconds === undefined ? opened.expiresAtMs : nowMs + lifeSeconds * 1000
  const key = principals.openSession({ ...opened, expiresAtMs, policies: [...opened.policies, ...policiesIn(input)] })
  const { Credentials = {} } = described(key, {})
  const SessionInfo = { ScopedSessionId: principal.userId, Arn: principal.arn }
  return { Credentials, SessionInfo, SessionTokenUtilization: packedSize(input.Policy ?? '') }
}

function policiesIn({ Policy }: Record<string, unknown>): SessionPolicy[] {
  const policy = readSessionPolicy(Policy)
  return policy === undefined ? [] : [policy]
}

function checked(input: Record<string, unknown>): { roleArn: string; sessionName: string; seconds: number } {
  const roleArn = text(input, 'RoleArn')
  const sessionName = text(input, 'RoleSessionName')
  const seconds = Number(input.DurationSeconds ?? defaultSessionSeconds)
  if (!/^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(roleArn)) throw new AwsError('invalid-input', `${roleArn} is invalid`)
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName))
    throw invalid(sessionName, 'roleSessionName', 'Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}')
  if (!(seconds >= 900)) throw invalid(String(seconds), 'durationSeconds', 'Member must have value greater than or equal to 900')
  if (seconds > 43_200) throw invalid(String(seconds), 'durationSeconds', 'Member must have value less than or equal to 43200')
  return { roleArn, sessionName, seconds }
}

function trusts({ trust = ['*'] }: Role, { arn, identityArn }: Principal): boolean {
  const partition = arn.split(':')[1]
  const names = ['*', arn, identityArn, accountOf(arn), `arn:${partition}:iam::${accountOf(arn)}:root`]
  return trust.some(trusted => names.includes(trusted))
}

function isSatisfied({ externalId, requireTags = {} }: Role, input: Record<string, unknown>): boolean {
  const sent = new Map(Object.entries(sessionTags(input)))
  const tagged = Object.entries(requireTags).every(([key, value]) => (value === '*' ? sent.has(key) : sent.get(key) === value))
  return tagged && (externalId === undefined || externalId === input.ExternalId)
}

function described(
  { accessKeyId, secretAccessKey, session, principal }: Key & Required<Pick<Key, 'session'>>,
  { Policy }: Record<string, unknown>,
): Result {
  const Expiration = new Date(session.expiresAtMs).toISOString().replace(/\.\d{3}/, '')
  return {
    Credentials: { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: session.token, Expiration },
    AssumedRoleUser: { AssumedRoleId: principal.userId, Arn: principal.arn },
    ...(Policy !== undefined && { PackedPolicySize: packedSize(Policy) }),
  }
}

function text(input: Record<string, unknown>, name: string): string {
  return String(input[name] ?? '')
}

function invalid(value: string, member: string, constraint: string): AwsError {
  return new AwsError(
    'invalid-input',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  )
}
