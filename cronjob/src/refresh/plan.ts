import { isDue } from '@ecr-anywhere/shared/due.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'

/** All that a run remembers of a Secret: fifty thousand of them are held at once. */
export interface ManagedSecret {
  namespace: string
  name: string
  uid: string
  /** As its annotation says; whoever wrote it. */
  expiresAt: string | undefined
}

/** What a run will do, made from metadata alone. */
export interface Plan {
  touch: ManagedSecret[]
  /** Managed Secrets that were looked at. */
  checked: number
  due: number
  /** Of those that are left alone. */
  earliestExpiry: string | undefined
}

export interface PlanOptions {
  nowMs: number
  refreshBeforeMs: number
  /** Touch what is not due, too. */
  force: boolean
}

/** The Secrets to touch: those with the least time left first, so that a run that is cut short has done the most urgent. */
export function planOf(secrets: readonly ManagedSecret[], { nowMs, refreshBeforeMs, force }: PlanOptions): Plan {
  const [due, rest] = [true, false].map(wanted =>
    secrets.filter(({ expiresAt }) => isDue({ expiresAt, updatedAt: undefined, nowMs, refreshBeforeMs }) === wanted),
  ) as [ManagedSecret[], ManagedSecret[]]
  const touch = (force ? [...secrets] : due).sort((a, b) => (parseTime(a.expiresAt) ?? 0) - (parseTime(b.expiresAt) ?? 0))
  return {
    touch,
    checked: secrets.length,
    due: due.length,
    earliestExpiry: force ? undefined : earliest(rest.map(secret => secret.expiresAt)),
  }
}

/** The first of some RFC 3339 times; what is none counts for nothing. */
export function earliest(times: Iterable<string | undefined>): string | undefined {
  let first: string | undefined
  let firstMs = Number.POSITIVE_INFINITY
  for (const time of times) {
    const ms = parseTime(time) ?? Number.POSITIVE_INFINITY
    if (ms < firstMs) [first, firstMs] = [time, ms]
  }
  return first
}
