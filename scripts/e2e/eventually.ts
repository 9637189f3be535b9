import { within } from '../testbed/within.ts'

/** Far longer than any condition on a node takes, even on a busy machine. */
const limitSeconds = 240

/** Waits until a condition holds on a node. @returns what it gave @throws with its name, and what was seen last, where it does not come to hold */
export function eventually<T>(
  condition: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  seen?: () => unknown,
): Promise<T> {
  return within(limitSeconds, condition, probe, seen)
}
