import type { Found } from './check.ts'

export interface SettleWorld {
  nowMs: () => number
  sleep: (ms: number) => Promise<void>
}

/** The interval between two checks. */
export const retryMs = 2_000
/**
 * A refusal by AWS is final once it has been reported for this long. The first report may be minutes old, from before the role was fixed.
 * A probe makes the webhook ask AWS again within 2 s, and AWS answers within a second or two.
 */
export const confirmMs = 5_000

/**
 * Repeats a check until it finds no problem, until it finds one that does not pass by itself, or until the timeout.
 *
 * @param look checks the installation once
 * @returns the result of the last check, reduced to problems that do not pass by themselves if it has any
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
