import { dueAtMs, lifetimeMs } from '@ecr-anywhere/shared/due.ts'
import { namespacedName } from '@ecr-anywhere/shared/kube/namespaced-name.ts'
import { type Counted, type RefreshReport, reportLimits, reportVersion } from '@ecr-anywhere/shared/refresh-report.ts'
import { type SecretState, secretState } from '@ecr-anywhere/shared/secret-state.ts'
import { formatTime, parseTime } from '@ecr-anywhere/shared/time.ts'
import { afterRun } from './after-run.ts'
import { type ManagedSecret, mostUrgentFirst } from './plan.ts'
import type { Run } from './refresh.ts'
import { causeLine, failedOf } from './report.ts'

export interface RunTimes {
  startedAtMs: number
  finishedAtMs: number
  /** The report of an earlier run, for what this run cannot know: since when a Secret fails, and when a run last succeeded. */
  previous: RefreshReport | undefined
}

interface StatusOptions {
  refreshBeforeMs: number
  /** Why a ConfigMap with an expiry was not written, which fails the run. */
  unwritten?: string | undefined
}

/** The report of a run, for the ConfigMap. Its size is bounded, whatever the number of Secrets and whatever their annotations contain. */
export function statusReport(run: Run, { refreshBeforeMs, unwritten, ...times }: RunTimes & StatusOptions): RefreshReport {
  const { finishedAtMs, previous } = times
  // A list of the cluster that failed lacks any number of Secrets. To count the others would hide the rest.
  const isListed = run.unlisted.every(({ namespace }) => namespace !== '*')
  const counted = isListed ? countedIn(run, { nowMs: finishedAtMs, refreshBeforeMs, before: previous?.counted }) : previous?.counted
  return reportOf({ ...times, cause: causeLine(run) ?? unwritten, counted })
}

/** The report of a run that ended before it had listed the Secrets. @param cause in one sentence */
export function failedReport(cause: string, times: RunTimes): RefreshReport {
  return reportOf({ ...times, cause, counted: times.previous?.counted })
}

/** A run that has no cause succeeded. */
function reportOf({
  startedAtMs,
  finishedAtMs,
  previous,
  cause,
  counted,
}: RunTimes & { cause: string | undefined; counted: Counted | undefined }): RefreshReport {
  const finishedAt = timeOf(finishedAtMs)
  const lastSuccessAt = cause === undefined ? finishedAt : previous?.lastSuccessAt
  return {
    version: reportVersion,
    startedAt: timeOf(startedAtMs),
    finishedAt,
    failed: cause !== undefined,
    ...(cause !== undefined && { cause: bounded(cause) }),
    ...(lastSuccessAt !== undefined && { lastSuccessAt }),
    ...(counted !== undefined && { counted }),
  }
}

interface CountedContext {
  nowMs: number
  refreshBeforeMs: number
  before: Counted | undefined
}

function countedIn(run: Run, { nowMs, refreshBeforeMs, before }: CountedContext): Counted {
  const secrets = [...afterRun(run)]
  const failed = failedOf(run)
  const states = noSecrets()
  const byNamespace = new Map<string, NamespaceCount>()
  for (const secret of secrets) {
    const state = secretState({ ...secret, nowMs, refreshBeforeMs })
    states[state] += 1
    addTo(byNamespace, secret, state)
  }
  for (const { secret } of failed) {
    const count = byNamespace.get(secret.namespace)
    if (count !== undefined) count.failed += 1
  }
  const expiring = secrets
    .map(secret => ({ ...secret, dueAtMs: dueAtMs({ ...secret, refreshBeforeMs }) ?? Number.NaN }))
    .filter(one => !Number.isNaN(one.dueAtMs))
    .sort((a, b) => a.dueAtMs - b.dueAtMs)
  const since = new Map(before?.failures.map(one => [namespacedName(one), one.since]))
  const failures = mostUrgentFirst(failed.map(({ secret, cause }) => ({ ...secret, cause })))
  const { namespaces, failures: maxFailures, expiring: maxExpiring, unlisted: maxUnlisted } = reportLimits
  return {
    at: timeOf(nowMs),
    states,
    notEnabled: run.outside.length,
    failed: failed.length,
    namespaces: [...byNamespace.entries()].sort(worstFirst).slice(0, namespaces).map(namespaceLine),
    expiring: expiring.slice(0, maxExpiring).map(expiringLine),
    failures: failures.slice(0, maxFailures).map(one => {
      const { namespace, name, cause } = one
      return { namespace, name, cause: bounded(cause), since: since.get(namespacedName(one)) ?? timeOf(nowMs) }
    }),
    unlisted: run.unlisted.slice(0, maxUnlisted).map(({ namespace, cause }) => ({ namespace, cause: bounded(cause) })),
    truncated: {
      namespaces: byNamespace.size > namespaces,
      expiring: expiring.length > maxExpiring,
      failures: failures.length > maxFailures,
      unlisted: run.unlisted.length > maxUnlisted,
    },
  }
}

function expiringLine({ namespace, name, ...life }: ManagedSecret): Counted['expiring'][number] {
  const ms = lifetimeMs(life)
  return {
    namespace,
    name,
    expiresAt: timeOf(parseTime(life.expiresAt) ?? 0),
    ...(ms !== undefined && { lifetimeSeconds: Math.floor(ms / 1000) }),
  }
}

type NamespaceCount = Record<SecretState, number> & { failed: number; firstExpiryMs: number }

function noSecrets(): Record<SecretState, number> {
  return { NeverInjected: 0, Expired: 0, Due: 0, Fresh: 0 }
}

function addTo(
  counts: Map<string, NamespaceCount>,
  { namespace, expiresAt }: { namespace: string; expiresAt: string | undefined },
  state: SecretState,
) {
  const count = counts.get(namespace) ?? { ...noSecrets(), failed: 0, firstExpiryMs: Number.POSITIVE_INFINITY }
  count[state] += 1
  count.firstExpiryMs = Math.min(count.firstExpiryMs, parseTime(expiresAt) ?? Number.POSITIVE_INFINITY)
  counts.set(namespace, count)
}

function worstFirst([aName, a]: [string, NamespaceCount], [bName, b]: [string, NamespaceCount]): number {
  return (
    b.failed - a.failed ||
    b.Expired + b.NeverInjected - a.Expired - a.NeverInjected ||
    b.Due - a.Due ||
    Math.sign(a.firstExpiryMs - b.firstExpiryMs) ||
    (aName < bName ? -1 : 1)
  )
}

function namespaceLine([namespace, { firstExpiryMs, ...counts }]: [string, NamespaceCount]): Counted['namespaces'][number] {
  return { namespace, ...counts, ...(Number.isFinite(firstExpiryMs) && { firstExpiry: timeOf(firstExpiryMs) }) }
}

const latestMs = Date.parse('9999-12-31T23:59:59Z')

/** An annotation can name a time that RFC 3339 cannot express in UTC. */
function timeOf(ms: number): string {
  return formatTime(Math.min(Math.max(ms, 0), latestMs))
}

/** One line of limited length. Other programs write parts of it. */
function bounded(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim() || 'unknown'
  const short = line.length > reportLimits.cause ? `${line.slice(0, reportLimits.cause - 1)}…` : line
  // A character must not be cut in half.
  return short.toWellFormed()
}
