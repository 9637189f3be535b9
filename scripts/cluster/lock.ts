import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'

const waitMs = 250

/** Does some work while no other process (nor another caller in this one) does work under the same lock file. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await acquire(path)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

/** Takes a lock where no living process has it, and does not wait. @returns whether this process has it now; it keeps it until the file is removed, or it ends */
export async function tryLock(path: string): Promise<boolean> {
  if (await created(path)) return true
  if (!(await isStale(path))) return false
  await removeStale(path)
  return await created(path)
}

async function acquire(path: string): Promise<void> {
  while (!(await tryLock(path))) await setTimeout(waitMs)
}

/** One at a time, and asked again: else the second of two that found it stale would remove the first one's new lock. */
async function removeStale(path: string): Promise<void> {
  const taking = `${path}.taking`
  if (await created(taking)) {
    if (await isStale(path)) await rm(path, { force: true })
    await rm(taking, { force: true })
  } else if (await isStale(taking)) await rm(taking, { force: true })
}

async function created(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** True where the owner was killed. */
async function isStale(path: string): Promise<boolean> {
  try {
    // A file without its pid yet reads as 0, which is this process's own group: alive, so one waits.
    process.kill(Number(await readFile(path, 'utf8')), 0)
    return false
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return true
    // Given back just now, or another user's process: not ours to remove.
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EPERM')) return false
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
