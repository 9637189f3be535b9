import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type * as z from 'zod'

/** Parses an answer of Google. @param url of the request @throws Fault `transient` if it has another form. The answer is not quoted */
export function answered<T>(schema: z.ZodType<T>, answer: unknown, url: string): T {
  const read = schema.safeParse(answer)
  if (read.success) return read.data
  const { host, pathname } = new URL(url)
  throw new Fault('transient', {
    code: 'MalformedResponse',
    found: `an answer of ${host} for ${pathname} without ${read.error.issues.map(({ path }) => path.join('.') || 'a body').join(', ')}`,
    wanted: "the form in Google's reference",
    todo: 'Does something between this machine and Google change answers (a proxy, GOOGLE_ENDPOINT_URL)?',
  })
}
