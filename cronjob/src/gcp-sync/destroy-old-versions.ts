import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { SecretManager } from './google/secret-manager.ts'
import type { Group } from './groups.ts'
import { referencedVersions, type SecretState, versionsToDestroy } from './plan.ts'
import type { Repositories } from './read-repositories.ts'

export interface CleanUp {
  group: Group
  /** The versions before the run, and the one that the run created. */
  secret: SecretState
  created: { version: number; projectNumber: string } | undefined
  before: Repositories
  /** Read after the repositories were updated, in case another program has updated them as well. */
  after: Repositories
}

/** Destroys the versions that are no longer necessary. It never throws: what is left is destroyed by the next run. */
export async function destroyOldVersions(
  { group, secret, created, before, after }: CleanUp,
  secrets: Pick<SecretManager, 'destroy'>,
  keep: number,
): Promise<{ destroyed: number[]; cleanupProblem?: string }> {
  const unknown = after.unreadable.find(({ mayReference }) => mayReference)
  const projectNumber = secret.projectNumber ?? created?.projectNumber
  const versions = versionsToDestroy({
    enabled: created === undefined ? secret.enabled : [...secret.enabled, created.version],
    referenced: referencedVersions([...before.states, ...after.states], { projectNumber }),
    created: created?.version,
    keep,
  })
  if (versions.length === 0) return { destroyed: [] }
  if (unknown !== undefined) {
    return { destroyed: [], cleanupProblem: `no version was destroyed, because a repository could not be read: ${unknown.cause}` }
  }
  const destroyed: number[] = []
  try {
    for (const version of versions) {
      await secrets.destroy(group.secret, version)
      destroyed.push(version)
    }
  } catch (error) {
    return { destroyed, cleanupProblem: sentence(error) }
  }
  return { destroyed }
}
