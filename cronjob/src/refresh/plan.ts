import { isDue } from '@ecr-anywhere/shared/due.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import type { Life } from './verify.ts'

/** All that a run remembers of a Secret: fifty thousand of them are held at once. */
export interface ManagedSecret extends Life {
  namespace: string
  name: string
  uid: string
}

/** What a run will do, made from metadata alone. */
export interface Plan {
  touch: ManagedSecret[]
  /** Managed Secrets that were looked at. */
  checked: number
  due: number
  /** The one that expires first of those that are left alone. */
  earliestLeft: ManagedSecret | undefined
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
    secrets.filter(({ expiresAt, updatedAt }) => isDue({ expiresAt, updatedAt, nowMs, refreshBeforeMs }) === wanted),
  ) as [ManagedSecret[], ManagedSecret[]]
  return {
    touch: mostUrgentFirst(force ? secrets : due),
    checked: secrets.length,
    due: due.length,
    earliestLeft: force ? undefined : earliest(rest),
  }
}

/** What cannot be read may have expired: it comes first. */
export function mostUrgentFirst<T extends { expiresAt: string | undefined }>(secrets: readonly T[]): T[] {
  return secrets
    .map(secret => ({ secret, atMs: parseTime(secret.expiresAt) ?? 0 }))
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ secret }) => secret)
}

/** The one that expires first; those whose expiry cannot be read count for nothing. */
export function earliest<T extends { expiresAt: string | undefined }>(secrets: Iterable<T>): T | undefined {
  let first: T | undefined
  let firstMs = Number.POSITIVE_INFINITY
  for (const secret of secrets) {
    const ms = parseTime(secret.expiresAt) ?? Number.POSITIVE_INFINITY
    if (ms < firstMs) [first, firstMs] = [secret, ms]
  }
  return first
}
