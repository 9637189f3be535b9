import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { SecretManager } from './google/secret-manager.ts'
import type { Group } from './groups.ts'
import { referencedVersions, type SecretState, versionsToDestroy } from './plan.ts'
import type { Repositories } from './read-repositories.ts'

export interface CleanUp {
  group: Group
  /** The versions when the run began. */
  secret: SecretState
  /** The version that the run created. */
  created: number | undefined
  before: Repositories
  /** Read after the repositories were updated, in case another program has updated them as well. */
  after: Repositories
}

/** Destroys the versions that are no longer necessary. It never throws: what is left is destroyed by the next run. */
export async function destroyOldVersions(
  { group, secret, created, before, after }: CleanUp,
  secrets: Pick<SecretManager, 'read' | 'destroy'>,
  keep: number,
): Promise<{ destroyed: number[]; cleanupProblem?: string }> {
  const unreadable = after.unreadable.find(({ mayReference }) => mayReference)
  const destroyed: number[] = []
  try {
    // Read again, because a request whose answer was lost may have created one version more.
    const { enabled, projectNumber } = created === undefined ? secret : await secrets.read(group.secret)
    const referenced = referencedVersions([...before.states, ...after.states], { projectNumber })
    const versions = versionsToDestroy({ enabled, referenced, created, keep })
    if (versions.length > 0 && unreadable !== undefined) {
      return { destroyed, cleanupProblem: `a repository could not be read, so what it references is unknown: ${unreadable.cause}` }
    }
    for (const version of versions) {
      await secrets.destroy(group.secret, version)
      destroyed.push(version)
    }
  } catch (error) {
    return { destroyed, cleanupProblem: sentence(error) }
  }
  return { destroyed }
}
