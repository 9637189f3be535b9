import { createHash, randomBytes } from 'node:crypto'
import type { SessionPolicy } from './session-policy.ts'

/** The default lifetime of a session, and the longest one if a session assumes a role. */
export const defaultSessionSeconds = 3600

/** The permissions of an identity. By default everything is allowed. */
export interface Policy {
  /** Whether GetAuthorizationToken is denied for ECR and ECR Public. */
  denyEcr?: boolean
  /** Whether `sts:GetServiceBearerToken` is denied, which ECR Public also needs. */
  denyBearerToken?: boolean
  /** The accounts whose registries it may pull from. If absent, all are allowed. */
  mayRead?: string[]
}

export interface User extends Policy {
  accessKeyId: string
  secretAccessKey: string
  arn: string
}

export interface Role extends Policy {
  arn: string
  /** The principals that may call AssumeRole: ARNs, `arn:…:root` for an account, or `*` for all (the default). */
  trust?: string[]
  externalId?: string
  /** The required session tags: key to value, where `*` is any value. */
  requireTags?: Record<string, string>
  /** The required claims of the token of AssumeRoleWithWebIdentity. A missing claim is not checked. */
  iss?: string
  sub?: string
  /** For a Google token with `azp`, this is compared with `azp`, and `oaud` is compared with `aud`. */
  aud?: string
  oaud?: string
  /** Does the issuer report each of its tokens as revoked? Then STS answers IDPRejectedClaim. */
  isTokenRevoked?: boolean
  /** MaxSessionDuration: the longest life that may be asked for; any that STS takes if absent. */
  maxSessionSeconds?: number
  /** The lifetime of all its sessions, whatever the request says. Tests use it to let sessions expire. */
  sessionSeconds?: number
}

/** The principal of a request. Policies apply to `identityArn`: the ARN of a user, or of the role of a session. */
export interface Principal {
  arn: string
  identityArn: string
  userId: string
  /** Only of a session. */
  opened?: OpenedSession
}

/** A session of a role. */
export interface OpenedSession {
  role: Role
  name: string
  /** Milliseconds since the epoch. */
  expiresAtMs: number
  /** The session policies, all of which must allow what the session does. */
  policies: SessionPolicy[]
}

/** A known access key. The key of a session has a token and an expiry (ms since the epoch). */
export interface Key {
  accessKeyId: string
  secretAccessKey: string
  principal: Principal
  session?: { token: string; expiresAtMs: number }
}

export interface Principals {
  key(accessKeyId: string): Key | undefined
  role(arn: string): Role | undefined
  policy(identityArn: string): Policy
  addRole(role: Role): void
  openSession(session: OpenedSession): Key & Required<Pick<Key, 'session'>>
}

export interface PrincipalsOptions {
  users: User[]
  roles: Role[]
  /** Called with each secret of new sessions. */
  onSecret: (secret: string) => void
}

/** The users and roles, and the sessions. Expired sessions are kept because their error differs from that of unknown keys. */
export function createPrincipals({ users, roles, onSecret }: PrincipalsOptions): Principals {
  const policies = new Map<string, Policy>(users.map(user => [user.arn, user]))
  const keys = new Map<string, Key>(users.map(user => [user.accessKeyId, userKey(user)]))
  const byArn = new Map(roles.map(role => [role.arn, role]))
  return {
    key: accessKeyId => keys.get(accessKeyId),
    role: arn => byArn.get(arn),
    policy: identityArn => byArn.get(identityArn) ?? policies.get(identityArn) ?? {},
    addRole: role => void byArn.set(role.arn, role),
    openSession(session) {
      const key = sessionKey(session)
      keys.set(key.accessKeyId, key)
      onSecret(key.secretAccessKey)
      onSecret(key.session.token)
      return key
    },
  }
}

/** The account of an ARN, which has twelve digits. */
export function accountOf(arn: string): string {
  return arn.split(':')[4] ?? ''
}

function userKey({ accessKeyId, secretAccessKey, arn }: User): Key {
  return { accessKeyId, secretAccessKey, principal: { arn, identityArn: arn, userId: uniqueId('AIDA', arn) } }
}

function sessionKey(opened: OpenedSession): Key & Required<Pick<Key, 'session'>> {
  const { role, name: sessionName, expiresAtMs } = opened
  const [, partition, , , account] = role.arn.split(':')
  // The path of a role is not part of the ARN of its sessions: role/team/ci becomes assumed-role/ci/<session>.
  const name = role.arn.slice(role.arn.lastIndexOf('/') + 1)
  return {
    accessKeyId: uniqueId('ASIA', randomBytes(16)).slice(0, 20),
    secretAccessKey: randomBytes(30).toString('base64'),
    principal: {
      arn: `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`,
      identityArn: role.arn,
      userId: `${uniqueId('AROA', role.arn)}:${sessionName}`,
      opened,
    },
    // About as long as a token of AWS, so that tests find limits on header sizes.
    session: { token: randomBytes(600).toString('base64'), expiresAtMs },
  }
}

/** A unique ID in the format of AWS: a prefix of four letters, then 17 characters of base 32. The same seed gives the same ID. */
function uniqueId(prefix: string, seed: string | Buffer): string {
  const digits = [...createHash('sha256').update(seed).digest().subarray(0, 17)]
  return prefix + digits.map(byte => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')
}
