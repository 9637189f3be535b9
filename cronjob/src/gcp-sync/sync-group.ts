import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { destroyOldVersions } from './destroy-old-versions.ts'
import type { KnownVersion } from './expiry-label.ts'
import type { ArtifactRegistry } from './google/artifact-registry.ts'
import type { SecretManager } from './google/secret-manager.ts'
import type { Group } from './groups.ts'
import { planSync, type SecretState, type SyncPlan } from './plan.ts'
import { readRepositories } from './read-repositories.ts'
import type { AwsSource, Target } from './target.ts'

export interface SyncWorld {
  secrets: SecretManager
  registry: ArtifactRegistry
  /** Requests an ECR password. @throws Fault `transient` */
  password: (source: AwsSource) => Promise<Token>
  nowMs: () => number
}

export interface SyncOptions {
  keepVersions: number
  dryRun: boolean
  force: boolean
}

export type TargetResult =
  | { target: Target; result: 'unchanged'; version: KnownVersion }
  | { target: Target; result: 'updated'; version: KnownVersion; why: string }
  /** Only in a dry run. Without a version, a new one would be created. */
  | { target: Target; result: 'outdated'; version: KnownVersion | undefined; why: string }
  | { target: Target; result: 'failed'; cause: string }

export interface GroupResult {
  group: Group
  targets: readonly TargetResult[]
  /** The version that was created. */
  created?: number
  destroyed: readonly number[]
  /** Why versions that are no longer necessary still exist. */
  cleanupProblem?: string
}

/**
 * Gives the repositories that share a secret a password that is valid for long enough. The order makes it harmless to be killed at any
 * point: a version is created before a repository references it, and destroyed only when no repository references it.
 *
 * It never throws, because one group must not stop the others.
 */
export async function syncGroup(group: Group, world: SyncWorld, options: SyncOptions): Promise<GroupResult> {
  const before = await readRepositories(group.targets, world.registry)
  const unreadable = before.unreadable.map(({ target, cause }) => failed(target, cause))
  const targetsOf = (results: readonly TargetResult[]) => [...unreadable, ...results]
  if (before.states.length === 0) return { group, targets: unreadable, destroyed: [] }

  let secret: SecretState
  try {
    secret = await world.secrets.read(group.secret)
  } catch (error) {
    const failures = before.states.map(({ target }) => failed(target, sentence(error)))
    return { group, targets: targetsOf(failures), destroyed: [] }
  }

  const plan = planSync(before.states, secret, { nowMs: world.nowMs(), force: options.force })
  const current = plan.current.map(({ state, version }): TargetResult => ({ target: state.target, result: 'unchanged', version }))
  if (options.dryRun) return { group, targets: targetsOf([...current, ...planned(plan)]), destroyed: [] }

  const { updated, created } = await update(plan, group, world)
  const after = plan.outdated.length === 0 ? before : await readRepositories(group.targets, world.registry)
  const cleaned = await destroyOldVersions({ group, secret, before, after, created }, world.secrets, options.keepVersions)
  return { group, targets: targetsOf([...current, ...updated]), ...(created !== undefined && { created }), ...cleaned }
}

/** Sets the outdated repositories to the version of the plan, or to a new one. */
async function update(plan: SyncPlan, group: Group, world: SyncWorld): Promise<{ updated: TargetResult[]; created?: number }> {
  if (plan.outdated.length === 0) return { updated: [] }
  let created: KnownVersion | undefined
  try {
    created = plan.version === undefined ? await createVersion(group, world) : undefined
  } catch (error) {
    return { updated: plan.outdated.map(({ state }) => failed(state.target, sentence(error))) }
  }
  const version = created ?? plan.version
  if (version === undefined) return { updated: [] }
  const updated = await Promise.all(
    plan.outdated.map(({ state, why }) =>
      world.registry.setVersion(state, version).then(
        (): TargetResult => ({ target: state.target, result: 'updated', version, why }),
        (error: unknown) => failed(state.target, sentence(error)),
      ),
    ),
  )
  return { updated, ...(created && { created: created.version }) }
}

async function createVersion({ aws, secret }: Group, { password, secrets }: SyncWorld): Promise<KnownVersion> {
  const token = await password(aws)
  return { version: await secrets.addVersion(secret, token.password), expiresAtMs: token.expiresAtMs }
}

function planned({ outdated, version }: SyncPlan): TargetResult[] {
  return outdated.map(({ state, why }) => ({ target: state.target, result: 'outdated', version, why }))
}

function failed(target: Target, cause: string): TargetResult {
  return { target, result: 'failed', cause }
}
