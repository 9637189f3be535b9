import { createHash } from 'node:crypto'

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

/**
 * The same for messages that differ only in numbers and request IDs, such as how much of a quota is used. With it as the name of an Event,
 * two replicas write one Event.
 */
export function causeIdOf(cause: string): string {
  const words = cause.replace(/[\w-]*\d[\w-]*/g, '#')
  return createHash('sha256').update(words).digest('hex').slice(0, 16)
}
