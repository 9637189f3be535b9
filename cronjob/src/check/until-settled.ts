import type { Found } from './check.ts'

export interface SettleWorld {
  nowMs: () => number
  sleep: (ms: number) => Promise<void>
}

/** A new webhook is looked at again this often until it works. */
export const retryMs = 2_000
/**
 * AWS's refusal counts once it was there for this long: the webhook may say what AWS said minutes ago, before somebody corrected the role. Once
 * it is probed it asks again, at most 2 s later, and AWS needs a second or two.
 */
export const confirmMs = 5_000

/**
 * Looks until all is well, until something is found that stays, or until the time is over.
 *
 * @param look one look at an install
 * @returns the last look; its problems are only those that stay, if there are any
 */
export async function untilSettled(look: () => Promise<Found>, timeoutMs: number, { nowMs, sleep }: SettleWorld): Promise<Found> {
  const endMs = nowMs() + timeoutMs
  let refusedSinceMs: number | undefined
  for (;;) {
    const found = await look()
    const lasting = found.problems.filter(({ kind }) => kind !== 'transient')
    refusedSinceMs = lasting.length === 0 ? undefined : (refusedSinceMs ?? nowMs())
    const isConfirmed = refusedSinceMs !== undefined && nowMs() - refusedSinceMs >= confirmMs
    if (isConfirmed || lasting.some(({ kind }) => kind === 'final')) return { ...found, problems: lasting }
    if (found.problems.length === 0 || nowMs() + retryMs >= endMs) return found
    await sleep(retryMs)
  }
}
