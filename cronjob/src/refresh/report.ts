import { formatDuration } from '@ecr-anywhere/shared/duration.ts'
import { namespacedName } from '@ecr-anywhere/shared/kube/namespaced-name.ts'
import { textTable } from '@ecr-anywhere/shared/table.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import { afterRun } from './after-run.ts'
import { enableCommand } from './list.ts'
import { earliest, type Plan } from './plan.ts'
import type { Repaired } from './pull-secrets.ts'
import type { Run } from './refresh.ts'
import type { Touched } from './touch.ts'

/** The figures of a run. */
export interface Summary {
  /** Managed Secrets in enabled namespaces. */
  checked: number
  due: number
  refreshed: number
  failed: number
  gone: number
  undone: number
  beingDeleted: number
  /** Managed Secrets in namespaces that are not enabled. */
  outside: number
  unlistedNamespaces: number
  /** RFC 3339, of all managed Secrets after the run, including those outside enabled namespaces; null if no expiry can be parsed. */
  earliestExpiry: string | null
  /** The Secret with that expiry, as namespace/name. */
  earliestSecret: string | null
}

export type Failed = Extract<Touched, { result: 'failed' }>

export function failedOf({ touched }: Pick<Run, 'touched'>): Failed[] {
  return touched.filter(one => one.result === 'failed')
}

export function summaryOf(run: Run): Summary {
  const { plan, touched, undone, unlisted, outside, beingDeleted } = run
  const count = (result: Touched['result']) => touched.filter(one => one.result === result).length
  const first = earliest(afterRun(run))
  return {
    checked: plan.checked,
    due: plan.due,
    refreshed: count('refreshed'),
    failed: count('failed'),
    gone: count('gone'),
    undone,
    beingDeleted,
    outside: outside.length,
    unlistedNamespaces: unlisted.length,
    earliestExpiry: first?.expiresAt ?? null,
    earliestSecret: first === undefined ? null : namespacedName(first),
  }
}

/** 0 if every Secret that is due was renewed; 1 if not, because a later run may renew the rest. */
export function exitCodeOf({ failed, undone, unlistedNamespaces }: Summary): 0 | 1 {
  return failed + undone + unlistedNamespaces === 0 ? 0 : 1
}

/** The figures in one line. */
export function summaryLine(summary: Summary, nowMs: number): string {
  const { checked, due, refreshed, failed, earliestExpiry, earliestSecret, outside } = summary
  const unknown = checked + outside === 0 ? 'none' : 'unknown'
  const expiry = earliestExpiry === null ? unknown : `${earliestExpiry} (${left(earliestExpiry, nowMs)}: ${earliestSecret})`
  return `checked ${checked}, due ${due}, refreshed ${refreshed}, failed ${failed}, earliest expiry ${expiry}`
}

/** Why the run failed, in one sentence, which becomes the termination message of the pod. Undefined if it succeeded. */
export function causeLine(run: Run): string | undefined {
  const failed = failedOf(run)
  const [first] = failed
  if (first !== undefined) {
    const of = failed.length === 1 ? '1 Secret was' : `${failed.length} Secrets were`
    return `refresh failed: ${of} not renewed; ${namespacedName(first.secret)}: ${first.cause}`
  }
  const [unlisted] = run.unlisted
  if (unlisted !== undefined) {
    const what = unlisted.namespace === '*' ? 'the managed Secrets of the cluster' : `namespace ${unlisted.namespace}`
    return `refresh failed: ${what} could not be listed: ${unlisted.cause}`
  }
  if (run.undone === 0) return undefined
  return `refresh failed: stopped by ${run.stoppedBy} with ${run.undone} Secrets not processed; the next run processes them`
}

/** At most this many Secrets and namespaces are named in text. The JSON report names all. */
export const maxNamed = 100

/** Which managed Secrets are not renewed because their namespaces are not enabled, and how to fix that. Undefined if there are none. */
export function outsideLine({ outside }: Run, nowMs: number): string | undefined {
  if (outside.length === 0) return undefined
  const named = outside.slice(0, maxNamed)
  const names = named.map(secret => `${namespacedName(secret)} (${left(secret.expiresAt, nowMs)})`).join(', ')
  const more = outside.length > named.length ? ` and ${outside.length - named.length} more` : ''
  const are = outside.length === 1 ? '1 managed Secret is' : `${outside.length} managed Secrets are`
  const namespaces = [...new Set(named.map(({ namespace }) => namespace))]
  return `${are} in namespaces that are not enabled, so they are not renewed: ${names}${more}. Run ${enableCommand(namespaces)} (or =<tenant>), or remove their label managed.`
}

/**
 * What became of the pull Secrets that were missing; undefined if none was. They do not make the run fail, because no credentials expire by
 * this, and because `provision` reports each namespace that it cannot serve.
 */
export function pullSecretsLine({ missing, repaired }: Run): string | undefined {
  if (missing.length === 0) return undefined
  const of = (result: Repaired['result']) => repaired.filter(one => one.result === result)
  const named = (ones: readonly Repaired[]) =>
    ones.slice(0, maxNamed).map(one => `${namespacedName(one)}${one.result === 'failed' ? ` (${one.cause})` : ''}`)
  const [failed, foreign] = [of('failed'), of('foreign')]
  return [
    `pull Secrets: missing ${missing.length}, created ${of('created').length}`,
    ...(failed.length === 0 ? [] : [`not created ${failed.length}: ${named(failed).join(', ')}`]),
    ...(foreign.length === 0 ? [] : [`not managed, so left as they are, ${foreign.length}: ${named(foreign).join(', ')}`]),
  ].join('; ')
}

/** The time until a Secret expires, or since it expired. */
export function left(expiresAt: string | undefined, nowMs: number): string {
  const atMs = parseTime(expiresAt)
  if (atMs === undefined) return 'expiry unknown'
  return atMs > nowMs ? `in ${formatDuration(atMs - nowMs)}` : `expired ${formatDuration(nowMs - atMs)} ago`
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

/** The report on stdout: one JSON document, or text whose last line is the cause if the run failed. */
export function reportOf(run: Run, { output, dryRun, nowMs }: { output: 'text' | 'json'; dryRun: boolean; nowMs: number }): string {
  const summary = summaryOf(run)
  const error = causeLine(run)
  if (output === 'json') {
    const plan = dryRun ? { plan: run.plan.touch } : {}
    const repairs = run.missing.length === 0 ? {} : { missingPullSecrets: run.missing, repaired: run.repaired }
    return JSON.stringify({
      ...summary,
      ...plan,
      ...repairs,
      failures: failedOf(run),
      unlisted: run.unlisted,
      outsideSecrets: run.outside,
      error,
    })
  }
  const lines = [
    dryRun ? planTable(run.plan, nowMs) : undefined,
    outsideLine(run, nowMs),
    pullSecretsLine(run),
    summaryLine(summary, nowMs),
    error,
  ]
  return lines.filter(line => line !== undefined).join('\n')
}
