import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import type { ArtifactRegistry } from './google/artifact-registry.ts'
import type { RepositoryState } from './plan.ts'
import type { Target } from './target.ts'

export interface Repositories {
  states: readonly RepositoryState[]
  unreadable: readonly UnreadableRepository[]
}

export interface UnreadableRepository {
  target: Target
  cause: string
  /** Whether it may reference a version of the secret. A repository that does not exist, or is not a remote one, references none. */
  mayReference: boolean
}

/** Reads the repositories. It never throws, because one that cannot be read must not stop the others. */
export async function readRepositories(targets: readonly Target[], registry: Pick<ArtifactRegistry, 'read'>): Promise<Repositories> {
  const read = await Promise.all(
    targets.map(target =>
      registry
        .read(target)
        .catch((error: unknown): UnreadableRepository => ({ target, cause: sentence(error), mayReference: mayReference(error) })),
    ),
  )
  return {
    states: read.flatMap(one => ('cause' in one ? [] : [one])),
    unreadable: read.flatMap(one => ('cause' in one ? [one] : [])),
  }
}

function mayReference(error: unknown): boolean {
  return !(error instanceof Fault && (error.kind === 'input' || error.code === 'NOT_FOUND'))
}
