import { setTimeout } from 'node:timers/promises'

/** Far above what any condition of a test takes, on two busy cores too. */
const limitMs = 30_000
const askAgainMs = 50

/** Waits until a condition holds. @returns what it gave @throws with its name where it does not come to hold */
export async function until<T>(condition: string, probe: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  const deadlineMs = performance.now() + limitMs
  while (true) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadlineMs) throw new Error(`${condition}: not so after ${limitMs / 1000} s`)
    await setTimeout(askAgainMs)
  }
}
