/** Failures in a row. */
export interface Failures {
  count: number
  lastAtMs: number
  /** 0 to 1, drawn at the last failure: the part of the back-off that is waited. */
  draw: number
}

export const noFailures: Failures = { count: 0, lastAtMs: 0, draw: 0 }

/** Back-off after the n-th failure: a random part ("full jitter") of base × 2ⁿ. */
export const backoffBaseMs = 200
/** Its cap where somebody needs a value now: well below a webhook's 10 s timeout, so that an admission can wait it out. */
export const backoffCapMs = 2_000
/** Its cap where nobody waits. */
export const idleBackoffCapMs = 5 * 60_000

/** @returns what is left of the back-off after the last failure, in milliseconds: 0 without one */
export function restMs({ count, lastAtMs, draw }: Failures, { nowMs, capMs }: { nowMs: number; capMs: number }): number {
  return count === 0 ? 0 : Math.max(0, lastAtMs + draw * Math.min(capMs, backoffBaseMs * 2 ** count) - nowMs)
}
