import { formatDuration } from '@ecr-anywhere/shared/duration.ts'
import { textTable } from '@ecr-anywhere/shared/table.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import { earliest, type Plan } from './plan.ts'
import type { Run } from './refresh.ts'
import type { Touched } from './touch.ts'

/** A run in figures. */
export interface Summary {
  checked: number
  due: number
  refreshed: number
  failed: number
  gone: number
  undone: number
  unlistedNamespaces: number
  /** RFC 3339, over all managed Secrets as they are after the run; null where there is none. */
  earliestExpiry: string | null
}

export type Failed = Extract<Touched, { result: 'failed' }>

export function failedOf({ touched }: Run): Failed[] {
  return touched.filter(one => one.result === 'failed')
}

export function summaryOf({ plan, touched, undone, unlisted }: Run): Summary {
  const count = (result: Touched['result']) => touched.filter(one => one.result === result).length
  const after = touched.flatMap(one =>
    one.result === 'refreshed' ? [one.expiresAt] : one.result === 'failed' ? [one.secret.expiresAt] : [],
  )
  return {
    checked: plan.checked,
    due: plan.due,
    refreshed: count('refreshed'),
    failed: count('failed'),
    gone: count('gone'),
    undone,
    unlistedNamespaces: unlisted.length,
    earliestExpiry: earliest([plan.earliestExpiry, ...after]) ?? null,
  }
}

/** 0: all is renewed that should be. 1: something is not, which a later run may mend. */
export function exitCodeOf({ failed, undone, unlistedNamespaces }: Summary): 0 | 1 {
  return failed + undone + unlistedNamespaces === 0 ? 0 : 1
}

/** The figures in one line. */
export function summaryLine({ checked, due, refreshed, failed, earliestExpiry }: Summary, nowMs: number): string {
  const leftMs = (parseTime(earliestExpiry ?? undefined) ?? nowMs) - nowMs
  const expiry = earliestExpiry === null ? 'none' : `${earliestExpiry} (${leftMs > 0 ? `in ${formatDuration(leftMs)}` : 'past'})`
  return `checked ${checked}, due ${due}, refreshed ${refreshed}, failed ${failed}, earliest expiry ${expiry}`
}

/** Why the run failed, in one sentence: the pod's termination message. Undefined if it did not. */
export function causeLine(run: Run): string | undefined {
  const failed = failedOf(run)
  const [first] = failed
  if (first !== undefined) {
    const of = failed.length === 1 ? '1 Secret was' : `${failed.length} Secrets were`
    return `refresh failed: ${of} not renewed; ${first.secret.namespace}/${first.secret.name}: ${first.cause}`
  }
  const [namespace] = run.unlisted
  if (namespace !== undefined) return `refresh failed: namespace ${namespace.namespace} could not be listed: ${namespace.cause}`
  if (run.undone > 0) return `refresh failed: told to stop with ${run.undone} Secrets still to do; the next run does them`
  return undefined
}

/** The plan as a table, for `--dry-run`. */
export function planTable({ touch }: Plan, nowMs: number): string {
  const rows = touch.map(({ namespace, name, expiresAt }) => {
    const atMs = parseTime(expiresAt)
    const left = atMs === undefined ? 'unknown' : atMs > nowMs ? formatDuration(atMs - nowMs) : 'expired'
    return [namespace, name, expiresAt ?? '-', left]
  })
  return textTable([['NAMESPACE', 'NAME', 'EXPIRES AT', 'LEFT'], ...rows])
}
