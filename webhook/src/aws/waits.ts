/** A wait is cut short after this long at the earliest: whoever is asked again and again is not asked more often. */
export const leastWaitMs = 1_000

/** Waits that can be cut short, all together. */
export interface Waits {
  wait: (ms: number) => Promise<void>
  /** Ends the waits that are under way. */
  wake: () => void
}

/** @param sleep the wait itself; what is left of one that was cut short goes on unheeded */
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
