/** Consecutive failures. */
export interface Failures {
  count: number
  lastAtMs: number
  /** The fraction of the back-off to wait: 0 to 1, drawn at random at the last failure. */
  draw: number
}

export const noFailures: Failures = { count: 0, lastAtMs: 0, draw: 0 }

/** The back-off after the n-th failure is a random fraction ("full jitter") of base × 2ⁿ. */
export const backoffBaseMs = 200
/** The maximum back-off if a caller needs the value now. It is well below a webhook's 10 s timeout, so an admission can wait for it. */
export const backoffCapMs = 2_000
/**
 * The maximum back-off if no caller is waiting. An alert about calls that fail must be resolved within three minutes after AWS has recovered, also
 * where no caller comes to a replica.
 */
export const idleBackoffCapMs = 90_000

/** @returns the remaining back-off after the last failure, in milliseconds; 0 if there was no failure */
export function restMs({ count, lastAtMs, draw }: Failures, { nowMs, capMs }: { nowMs: number; capMs: number }): number {
  return Math.max(0, lastAtMs + draw * Math.min(capMs, backoffBaseMs * 2 ** count) - nowMs)
}
