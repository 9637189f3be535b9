import type { z } from 'zod'
import { Fault } from '../fault.ts'

/**
 * What the API server sent, by its schema. `found` and `wanted` are for the sentence of the Fault.
 *
 * @throws Fault `transient`, code `MalformedResponse`, if it is something else
 */
export function parsed<T>(
  schema: z.ZodType<T>,
  body: unknown,
  { found, wanted } = { found: 'an answer without an object in it', wanted: 'an object with metadata and a name' },
): T {
  const read = schema.safeParse(body)
  if (read.success) return read.data
  throw new Fault('transient', {
    code: 'MalformedResponse',
    found,
    wanted,
    todo: 'Is something between here and the API server changing answers (a proxy)?',
  })
}
