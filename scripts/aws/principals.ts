import { createHash, randomBytes } from 'node:crypto'
import type { SessionPolicy } from './session-policy.ts'

/** A session's life when none is asked for; also the longest one of a role that was assumed by a session. */
export const defaultSessionSeconds = 3600

/** What an identity may do; by default everything. */
export interface Policy {
  /** GetAuthorizationToken is denied, of ECR and of ECR Public. */
  denyEcr?: boolean
  /** `sts:GetServiceBearerToken` is denied, which ECR Public needs too. */
  denyBearerToken?: boolean
  /** Accounts whose registries it may pull from; any if absent. */
  mayRead?: string[]
}

export interface User extends Policy {
  accessKeyId: string
  secretAccessKey: string
  arn: string
}

export interface Role extends Policy {
  arn: string
  /** Who may call AssumeRole: ARNs of users, roles or sessions, `arn:…:root` for a whole account, `*` for anybody (the default). */
  trust?: string[]
  externalId?: string
  /** Session tags that must be sent: key to value, `*` for any value. */
  requireTags?: Record<string, string>
  /** What the web identity token of AssumeRoleWithWebIdentity must claim; what is absent is not checked. */
  iss?: string
  sub?: string
  /** Of a token of Google's that has `azp`, this is compared with `azp`, and `oaud` with `aud`. */
  aud?: string
  oaud?: string
  /** Does the issuer report each of its tokens as revoked? Then STS answers IDPRejectedClaim. */
  isTokenRevoked?: boolean
  /** MaxSessionDuration: the longest life that may be asked for; any that STS takes if absent. */
  maxSessionSeconds?: number
  /** Life of all its sessions, whatever is asked for: for those who want to see them end. */
  sessionSeconds?: number
}

/** Who makes a request. `identityArn` is what policies hang on: a user's own ARN, or the role of a session. */
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

/** An access key that the emulator knows; a session's has a token and an end (ms since the epoch). */
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
  /** Told each secret of the sessions that are opened. */
  onSecret: (secret: string) => void
}

/** Holds the users and roles given at start, and the sessions opened since (expired ones too: they are refused by another name). */
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

/** The twelve digits of an ARN. */
export function accountOf(arn: string): string {
  return arn.split(':')[4] ?? ''
}

function userKey({ accessKeyId, secretAccessKey, arn }: User): Key {
  return { accessKeyId, secretAccessKey, principal: { arn, identityArn: arn, userId: uniqueId('AIDA', arn) } }
}

function sessionKey(opened: OpenedSession): Key & Required<Pick<Key, 'session'>> {
  const { role, name: sessionName, expiresAtMs } = opened
  const [, partition, , , account] = role.arn.split(':')
  // A role's path is no part of its sessions' ARN: role/team/ci becomes assumed-role/ci/<session>.
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
    // About as long as AWS's, so that limits on header sizes are met here first.
    session: { token: randomBytes(600).toString('base64'), expiresAtMs },
  }
}

/** AWS's unique ids: four letters that say of what, then 17 of base 32; the same seed gives the same id. */
function uniqueId(prefix: string, seed: string | Buffer): string {
  const digits = [...createHash('sha256').update(seed).digest().subarray(0, 17)]
  return prefix + digits.map(byte => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')
}
