import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'

const waitMs = 250

/** Does work under a lock file, which excludes other processes and other callers in this process. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await acquire(path)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

/** Takes a lock without waiting if no live process has it. @returns whether this process has it now, until it exits or removes the file */
export async function tryLock(path: string): Promise<boolean> {
  if (await created(path)) return true
  if (!(await isStale(path))) return false
  await removeStale(path)
  return await created(path)
}

async function acquire(path: string): Promise<void> {
  while (!(await tryLock(path))) await setTimeout(waitMs)
}

/** Removes a stale lock, one process at a time and after a second check, so that no process removes the new lock of another. */
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

/** @returns whether the owner was killed */
async function isStale(path: string): Promise<boolean> {
  try {
    // A file that does not contain a pid yet is read as 0, which means the group of this process, so the owner is alive.
    process.kill(Number(await readFile(path, 'utf8')), 0)
    return false
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return true
    // The lock was just released, or its owner belongs to another user. It must not be removed here.
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EPERM')) return false
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
