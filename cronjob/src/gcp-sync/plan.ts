import { formatDuration } from '@ecr-anywhere/shared/duration.ts'
import { expiryLabel, type KnownVersion, parseExpiry } from './expiry-label.ts'
import { versionOf } from './secret-name.ts'
import type { Target } from './target.ts'

/** A password that has less time left is renewed. It is half of the 12 hours that a token of ECR lives. */
export const renewBeforeMs = 6 * 3_600_000

/** A remote repository as Artifact Registry returns it. */
export interface RepositoryState {
  target: Target
  /** The user name of its upstream credentials, and the resource name of the secret version with the password. */
  username: string | undefined
  secretVersion: string | undefined
  labels: Readonly<Record<string, string>>
}

/** The versions of a secret. */
export interface SecretState {
  /** The numbers of the ENABLED versions. */
  enabled: readonly number[]
  /** The number of the secret's project; undefined if the secret has no version. */
  projectNumber: string | undefined
}

export interface PlanOptions {
  nowMs: number
  /** Whether passwords are renewed that are not due, too. */
  force: boolean
}

/** What a run does for the repositories that share a secret. */
export interface SyncPlan {
  /** The version that the outdated repositories are set to. Undefined if a new version with a new password is necessary. */
  version: KnownVersion | undefined
  /** The repositories that have to be set to that version, or to the new one. If there are none, nothing is written. */
  outdated: readonly { state: RepositoryState; why: string }[]
  /** The other repositories, each with the version that it references. */
  current: readonly { state: RepositoryState; version: KnownVersion }[]
}

/**
 * Decides which repositories need another version of their secret, and whether one exists that is valid for long enough. Such a version
 * exists if an earlier run could set it in some of the repositories but not in all.
 */
export function planSync(repositories: readonly RepositoryState[], secret: SecretState, { nowMs, force }: PlanOptions): SyncPlan {
  const judged = repositories.map(state => ({ state, ...judge(state, secret, nowMs) }))
  const lasting = judged.flatMap(({ known }) => (known !== undefined && known.expiresAtMs - nowMs > renewBeforeMs ? [known] : []))
  return {
    version: force ? undefined : lasting.sort((a, b) => b.expiresAtMs - a.expiresAtMs)[0],
    outdated: judged.flatMap(({ state, why }) => (force || why !== undefined ? [{ state, why: why ?? 'forced' }] : [])),
    current: judged.flatMap(({ state, known, why }) =>
      force || why !== undefined || known === undefined ? [] : [{ state, version: known }],
    ),
  }
}

/**
 * Decides which versions are destroyed. Never destroyed are versions that a configured repository references now or referenced when the run
 * began, and versions that are newer than all of these, because another run may be about to use them.
 *
 * @param created the version that this run created, if it did. If no repository references it, it is destroyed although it is newer
 * @returns numbers of versions, so that `keep` ENABLED versions remain, or more if more are referenced
 */
export function versionsToDestroy({
  enabled,
  referenced,
  created,
  keep,
}: {
  enabled: readonly number[]
  referenced: ReadonlySet<number>
  created: number | undefined
  keep: number
}): number[] {
  const unused = enabled.filter(version => !referenced.has(version))
  const rejected = unused.filter(version => version === created)
  const newestReferenced = Math.max(...referenced)
  const older = unused.filter(version => version !== created && version < newestReferenced).sort((a, b) => b - a)
  const missing = Math.max(0, keep - (enabled.length - unused.length))
  return [...older.slice(missing), ...rejected].sort((a, b) => a - b)
}

/** The numbers of the secret's versions that the repositories reference. */
export function referencedVersions(
  repositories: readonly Pick<RepositoryState, 'target' | 'secretVersion'>[],
  { projectNumber }: Pick<SecretState, 'projectNumber'>,
): Set<number> {
  const numbers = repositories.map(({ secretVersion, target }) => versionOf(secretVersion, target.secret, projectNumber))
  return new Set(numbers.filter(number => number !== undefined))
}

/**
 * Judges the version that a repository references.
 *
 * @returns `known` if the version can be used and its expiry is known, and `why` if the repository needs another version
 */
function judge(state: RepositoryState, secret: SecretState, nowMs: number): { known?: KnownVersion; why?: string } {
  const { target, secretVersion, username, labels } = state
  if (secretVersion === undefined) return { why: 'it has no upstream credentials' }
  const version = versionOf(secretVersion, target.secret, secret.projectNumber)
  if (version === undefined) return { why: `it references ${secretVersion}, which is not a numbered version of the configured secret` }
  if (!secret.enabled.includes(version)) return { why: `it references version ${version}, which is not ENABLED` }
  const known = parseExpiry(labels[expiryLabel], nowMs)
  if (known?.version !== version) return { why: `no valid label ${expiryLabel} records the expiry of version ${version}` }
  if (username !== target.username) return { known, why: `its upstream user name is not ${target.username}` }
  const leftMs = known.expiresAtMs - nowMs
  if (leftMs > renewBeforeMs) return { known }
  return { known, why: leftMs <= 0 ? `version ${version} has expired` : `version ${version} is valid for only ${formatDuration(leftMs)}` }
}
