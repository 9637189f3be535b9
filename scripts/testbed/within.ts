import { setTimeout } from 'node:timers/promises'

const askAgainMs = 50

/** Waits until a condition holds. @returns its value @throws with its name and the last observed state if it does not hold in time */
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
    if (performance.now() > deadlineMs) throw new Error(`found after ${seconds} s that this does not hold: ${condition} ${seen()}`)
    await setTimeout(askAgainMs)
  }
}
