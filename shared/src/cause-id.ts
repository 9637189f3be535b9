import { createHash } from 'node:crypto'

/**
 * The same for messages that differ only in numbers and request IDs, such as how much of a quota is used. In the name of an Event, it
 * makes the API server refuse a second Event of the same cause.
 */
export function causeIdOf(cause: string): string {
  const words = cause.replace(/[\w-]*\d[\w-]*/g, '#')
  return createHash('sha256').update(words).digest('hex').slice(0, 16)
}
