import { within } from './within.ts'

/** The time limit, which is much longer than any condition of a test takes, even on two busy cores. */
const limitSeconds = 60

/** Waits until a condition holds. @returns its value @throws with its name if it does not hold in time */
export function until<T>(condition: string, probe: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  return within(limitSeconds, condition, probe)
}
