import { within } from '../testbed/within.ts'

/** The time limit, which is much longer than any condition on a node takes, even on a busy machine. */
const limitSeconds = 240

/** Waits until a condition on a node holds. @returns its value @throws with its name and the last observed state at the time limit */
export function eventually<T>(
  condition: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  seen?: () => unknown,
): Promise<T> {
  return within(limitSeconds, condition, probe, seen)
}
