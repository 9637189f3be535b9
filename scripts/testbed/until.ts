import { within } from './within.ts'

/** Far longer than any condition of a test takes, even on two busy cores. */
const limitSeconds = 60

/** Waits until a condition holds. @returns what it gave @throws with its name where it does not come to hold */
export function until<T>(condition: string, probe: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  return within(limitSeconds, condition, probe)
}
