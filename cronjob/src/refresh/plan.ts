import { isDue } from '@ecr-anywhere/shared/due.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import type { Life } from './verify.ts'

/** The metadata that a run keeps of each Secret. It is small, because a run may hold fifty thousand Secrets. */
export interface ManagedSecret extends Life {
  namespace: string
  name: string
  uid: string
}

/** The Secrets that a run will touch, decided from their metadata. */
export interface Plan {
  touch: ManagedSecret[]
  /** The number of managed Secrets that were checked. */
  checked: number
  due: number
  /** The Secrets that are not touched. */
  leave: ManagedSecret[]
}

export interface PlanOptions {
  nowMs: number
  refreshBeforeMs: number
  /** Also touch Secrets that are not due. */
  force: boolean
}

/** Plans to touch the Secrets with the least time left first, so that a run that is stopped has renewed the most urgent ones. */
export function planOf(secrets: readonly ManagedSecret[], { nowMs, refreshBeforeMs, force }: PlanOptions): Plan {
  const [due, rest] = [true, false].map(wanted =>
    secrets.filter(({ expiresAt, updatedAt }) => isDue({ expiresAt, updatedAt, nowMs, refreshBeforeMs }) === wanted),
  ) as [ManagedSecret[], ManagedSecret[]]
  return {
    touch: mostUrgentFirst(force ? secrets : due),
    checked: secrets.length,
    due: due.length,
    leave: force ? [] : rest,
  }
}

/** A Secret whose expiry cannot be parsed may have expired, so it comes first. */
export function mostUrgentFirst<T extends { expiresAt: string | undefined }>(secrets: readonly T[]): T[] {
  return secrets
    .map(secret => ({ secret, atMs: parseTime(secret.expiresAt) ?? 0 }))
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ secret }) => secret)
}

/** The Secret that expires first. Secrets whose expiry cannot be parsed are ignored. */
export function earliest<T extends { expiresAt: string | undefined }>(secrets: Iterable<T>): T | undefined {
  let first: T | undefined
  let firstMs = Number.POSITIVE_INFINITY
  for (const secret of secrets) {
    const ms = parseTime(secret.expiresAt) ?? Number.POSITIVE_INFINITY
    if (ms < firstMs) [first, firstMs] = [secret, ms]
  }
  return first
}
