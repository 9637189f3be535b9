import { eachOf } from '../each-of.ts'
import { groupsOf } from './groups.ts'
import { type GroupResult, type SyncOptions, type SyncWorld, syncGroup } from './sync-group.ts'
import type { Target } from './target.ts'

/** How many groups are processed at the same time. */
const concurrency = 32

/** Synchronizes all targets. It never throws: a failure is a result. @param onGroup called when a group is done */
export async function sync(
  targets: readonly Target[],
  world: SyncWorld & { onGroup: (result: GroupResult) => void },
  options: SyncOptions,
): Promise<GroupResult[]> {
  const results: GroupResult[] = []
  await eachOf(groupsOf(targets), concurrency, async group => {
    const result = await syncGroup(group, world, options)
    results.push(result)
    world.onGroup(result)
  })
  return results
}
