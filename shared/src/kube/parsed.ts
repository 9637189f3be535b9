import type * as z from 'zod'
import { Fault } from '../fault.ts'

/**
 * Parses an answer of the API server with a schema. `found` and `wanted` are parts of the error message.
 *
 * @throws Fault `transient`, code `MalformedResponse`, if the answer does not match
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
