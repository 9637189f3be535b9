import { setTimeout as sleep } from 'node:timers/promises'

const untilMs = 30_000
const askAgainMs = 100

/** The API server learns of a policy, or of a right, a moment after it is stored. @throws if it is still not so after half a minute */
export async function eventually(isTrue: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + untilMs
  while (!(await isTrue())) {
    if (performance.now() > endMs) throw new Error(`not so after ${untilMs / 1000} s: ${isTrue}`)
    await sleep(askAgainMs)
  }
}
