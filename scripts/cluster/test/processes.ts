import { access } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { run } from '../run.ts'

const goneWithinMs = 60_000

/** @returns the `ps` lines of the processes that have `dir` on their command line */
export async function processesOf(dir: string): Promise<string[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,args='])
  return stdout.split('\n').filter(line => line.includes(dir))
}

/** Waits until no process has `dir` on its command line and it is removed. @returns what is left after a minute */
export async function leftOf(dir: string): Promise<string[]> {
  const deadline = performance.now() + goneWithinMs
  for (;;) {
    const left = await processesOf(dir)
    if (await isThere(dir)) left.push(dir)
    if (left.length === 0 || performance.now() > deadline) return left
    await setTimeout(50)
  }
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
