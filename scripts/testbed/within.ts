import { setTimeout } from 'node:timers/promises'

const askAgainMs = 50

/** Waits until a condition holds. @returns what it gave @throws with its name, and what was seen last, where it does not hold in time */
export async function within<T>(
  seconds: number,
  condition: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  seen: () => unknown = () => '',
): Promise<T> {
  const deadlineMs = performance.now() + seconds * 1000
  while (true) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadlineMs) throw new Error(`${condition}: not so after ${seconds} s ${seen()}`)
    await setTimeout(askAgainMs)
  }
}
