import { causeIdOf } from '@ecr-anywhere/shared/cause-id.ts'

/** The last Event about a namespace. */
export interface Reported {
  causeId: string
  /** Milliseconds since the epoch. */
  atMs: number
}

/** The API server deletes Events after an hour by default. A cause that lasts longer is reported again then. */
export const reportAgainMs = 3_600_000

/** @returns what to remember once the Event is written, or undefined if this cause is reported already */
export function reportDue(last: Reported | undefined, cause: string, nowMs: number): Reported | undefined {
  const causeId = causeIdOf(cause)
  if (last?.causeId === causeId && nowMs - last.atMs < reportAgainMs) return undefined
  return { causeId, atMs: nowMs }
}
