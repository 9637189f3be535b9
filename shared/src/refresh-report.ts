import * as z from 'zod'
import { parseTime } from './time.ts'

/** The version of the format. A change that an older webhook cannot read gets the next number. */
export const reportVersion = 1

/** The bounds of the report, which must stay far below the 1 MiB that a ConfigMap may have, in a cluster of any size. */
export const reportLimits = {
  namespaces: 200,
  expiring: 100,
  failures: 100,
  unlisted: 20,
  /** The maximum length of a cause, in UTF-16 code units. */
  cause: 300,
} as const

/** A longer text is not parsed. The longest that `refresh` can write has less than half of this: see its test. */
export const maxReportBytes = 512 * 1024

const time = z.string().refine(text => text.length <= 40 && parseTime(text) !== undefined, 'an RFC 3339 time')
const count = z.int().min(0)
const cause = z.string().min(1).max(reportLimits.cause)
const namespace = z.string().regex(/^(?:[a-z0-9-]{1,63}|\*)$/)
const name = z.string().regex(/^[a-z0-9.-]{1,253}$/)
const version = z.literal(reportVersion)

const counted = z.strictObject({
  /** When these Secrets were counted. It is older than the run if the run failed before it had listed them. */
  at: time,
  /** The number of managed Secrets in each state after the run, including those in namespaces that are not enabled. */
  states: z.strictObject({ NeverInjected: count, Expired: count, Due: count, Fresh: count }),
  /** Of these, the number in namespaces that are not enabled, which are not renewed. */
  notEnabled: count,
  failed: count,
  /** The worst namespaces: those with the most Secrets that failed, that expired or were never injected, and that are due. */
  namespaces: z
    .array(
      z.strictObject({
        namespace,
        failed: count,
        NeverInjected: count,
        Expired: count,
        Due: count,
        Fresh: count,
        firstExpiry: time.optional(),
      }),
    )
    .max(reportLimits.namespaces),
  /**
   * The Secrets that expire first, compared with when they should be renewed: short-lived ones, which are renewed late, must not hide others.
   * The lifetime is absent if it cannot be told.
   */
  expiring: z.array(z.strictObject({ namespace, name, expiresAt: time, lifetimeSeconds: count.optional() })).max(reportLimits.expiring),
  /** The first Secrets that were not renewed. `since` is the first of the consecutive runs in which it failed. */
  failures: z.array(z.strictObject({ namespace, name, cause, since: time })).max(reportLimits.failures),
  /** Namespaces that could not be listed; `*` is the whole cluster. */
  unlisted: z.array(z.strictObject({ namespace, cause })).max(reportLimits.unlisted),
  /** Which of these lists are not complete. */
  truncated: z.strictObject({ namespaces: z.boolean(), expiring: z.boolean(), failures: z.boolean(), unlisted: z.boolean() }),
})

/** When the latest run began. A run that is killed leaves only this. */
export const refreshStart = z.strictObject({ version, startedAt: time })
export type RefreshStart = z.output<typeof refreshStart>

/** What `refresh` reports about the latest run over its whole scope that ended. All times are RFC 3339. */
export const refreshReport = z.strictObject({
  version,
  startedAt: time,
  finishedAt: time,
  failed: z.boolean(),
  /** Why the run failed, in one sentence. */
  cause: cause.optional(),
  /** The end of the latest run that succeeded; absent if none did. */
  lastSuccessAt: time.optional(),
  /** Absent until a run has listed the Secrets. */
  counted: counted.optional(),
})
export type RefreshReport = z.output<typeof refreshReport>
export type Counted = z.output<typeof counted>

/** `foreign`: JSON of another program or of another version of this one. `broken`: no JSON, too long, or not as this version writes it. */
export type Parsed<T> = { state: 'ok'; value: T } | { state: 'foreign' | 'broken'; problem: string }

const ofThisVersion = z.looseObject({ version })

/** Parses a text that anybody may have written. It never throws, and `problem` quotes nothing of the text. */
export function parseReport<T>(schema: z.ZodType<T>, text: string): Parsed<T> {
  if (text.length > maxReportBytes) return { state: 'broken', problem: `it has more than ${maxReportBytes} characters` }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { state: 'broken', problem: 'it is not JSON' }
  }
  if (!ofThisVersion.safeParse(value).success) return { state: 'foreign', problem: `it is not of version ${reportVersion} of this format` }
  const read = schema.safeParse(value)
  if (read.success) return { state: 'ok', value: read.data }
  const [issue] = read.error.issues
  return { state: 'broken', problem: `${issue?.path.slice(0, 4).join('.').slice(0, 100) || 'it'} is not as this version writes it` }
}
