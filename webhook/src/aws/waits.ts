/** The minimum wait: waking does not shorten it, so that many probes do not cause many calls. */
export const leastWaitMs = 1_000

/** Waits that can be ended early, all at once. */
export interface Waits {
  wait: (ms: number) => Promise<void>
  /** Ends the current waits. */
  wake: () => void
}

/** @param sleep the wait itself. After an early end, its result is ignored */
export function waits(sleep: (ms: number) => Promise<unknown>): Waits {
  let woken = Promise.withResolvers<void>()
  return {
    wait: async ms => {
      const { promise } = woken
      await sleep(Math.min(ms, leastWaitMs))
      if (ms > leastWaitMs) await Promise.race([sleep(ms - leastWaitMs), promise])
    },
    wake: () => {
      woken.resolve()
      woken = Promise.withResolvers()
    },
  }
}
