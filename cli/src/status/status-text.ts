import { parseTime } from '@ecr-anywhere/shared/time.ts'
import { cannotTellLine } from '../cluster/denied.ts'
import type { LastRun } from '../release/last-runs.ts'
import type { Screen } from '../terminal/screen.ts'
import { shortTime } from '../terminal/short-time.ts'
import { type Cell, table } from '../terminal/table.ts'
import type { ClusterStatus, SecretStatus } from './cluster-status.ts'
import { states } from './managed-secret.ts'
import { secretTable } from './secret-table.ts'
import { namespaceSummaries, type Summary, tenantSummaries } from './summary.ts'
import { isRead, type Unreadable } from './unreadable.ts'
import { needsAttention } from './verdict.ts'

export interface TextOptions {
  wide: boolean
  nowMs: number
  screen: Screen
  /** What was asked for, such as `in namespace a`, for the sentence that nothing was found. */
  where: string
}

/** Everything that `status` writes for a reader: Secrets, summaries, last runs, and what needs attention. */
export function statusText(clusters: readonly (ClusterStatus | Unreadable)[], { wide, nowMs, screen, where }: TextOptions): string {
  const withContext = clusters.length > 1
  const read = clusters.filter(isRead)
  const secrets = read.flatMap(one => one.secrets)
  const options = { wide, withContext, nowMs, screen }
  const sections = [
    secrets.length === 0 ? [`No managed Secrets ${where}.`] : secretTable(worstFirst(secrets), options),
    ...(secrets.length === 0 ? [] : [summaryTable('NAMESPACE', namespaceSummaries(secrets), options)]),
    ...(hasSeveralTenants(secrets) ? [summaryTable('TENANT', tenantSummaries(secrets), options)] : []),
    runTable(read, options),
    notes(clusters, secrets, options),
  ]
  return `${sections.flatMap(lines => (lines.length === 0 ? [] : [lines.join('\n')])).join('\n\n')}\n`
}

type Options = Pick<TextOptions, 'nowMs' | 'screen'> & { withContext: boolean }

function worstFirst(secrets: readonly SecretStatus[]): SecretStatus[] {
  const rank = (secret: SecretStatus) => (needsAttention(secret) ? 0 : 1)
  // The sort keeps the API server's order of equal ones, which is by namespace and name.
  return [...secrets].sort((a, b) => rank(a) - rank(b))
}

function hasSeveralTenants(secrets: readonly SecretStatus[]): boolean {
  return new Set(secrets.map(({ tenant }) => tenant)).size > 1
}

function summaryTable(title: 'NAMESPACE' | 'TENANT', groups: readonly Summary[], { withContext, screen, nowMs }: Options): string[] {
  const columns = [
    ...(withContext ? [{ title: 'CONTEXT', min: 8 }] : []),
    { title, min: 9 },
    ...(title === 'NAMESPACE' ? [{ title: 'TENANT', min: 6 }] : []),
    { title: 'SECRETS' },
    ...[...states].reverse().map(state => ({ title: headings[state] })),
    { title: 'FIRST EXPIRY', min: 12 },
  ]
  const rows = groups.map(({ context, namespace, tenant, total, counts, firstExpiry }): Cell[] => [
    ...(withContext ? [context] : []),
    ...(title === 'NAMESPACE' ? [namespace ?? '-', tenant] : [tenant]),
    String(total),
    ...[...states].reverse().map((state): Cell => {
      const isBad = counts[state] > 0 && state !== 'Fresh' && state !== 'Due'
      return isBad ? { text: String(counts[state]), colour: 'red' } : String(counts[state])
    }),
    timeText(firstExpiry, nowMs),
  ])
  return table(columns, rows, screen)
}

const headings = { Fresh: 'FRESH', Due: 'DUE', Conflict: 'CONFLICT', Expired: 'EXPIRED', NeverInjected: 'NEVER' } as const

function runTable(clusters: readonly ClusterStatus[], { withContext, screen, nowMs }: Options): string[] {
  const runs = clusters.flatMap(({ context, runs = [] }) => runs.map(run => ({ context, ...run })))
  if (runs.length === 0) return []
  const columns = [
    ...(withContext ? [{ title: 'CONTEXT', min: 8 }] : []),
    { title: 'JOB' },
    { title: 'SCHEDULE', min: 8 },
    { title: 'LAST RUN' },
    { title: 'LAST SUCCESS' },
  ]
  const rows = runs.map((run): Cell[] => [
    ...(withContext ? [run.context] : []),
    run.name,
    run.suspended ? { text: 'suspended', colour: 'red' } : run.schedule,
    { text: runText(run, nowMs), colour: run.result === 'failed' ? 'red' : 'green' },
    timeText(run.lastSuccessAt, nowMs),
  ])
  return table(columns, rows, screen)
}

function runText({ result, startedAt }: LastRun, nowMs: number): string {
  return result === 'none' ? 'none' : `${timeText(startedAt, nowMs)}, ${result}`
}

function timeText(time: string | undefined, nowMs: number): string {
  const atMs = parseTime(time)
  if (atMs === undefined) return '-'
  return atMs > nowMs ? `in ${shortTime(atMs - nowMs)}` : `${shortTime(nowMs - atMs)} ago`
}

/** More reasons than this are not read. `-o json` has all. */
const maxReasons = 10

function notes(clusters: readonly (ClusterStatus | Unreadable)[], secrets: readonly SecretStatus[], { withContext }: Options): string[] {
  const inContext = (context: string) => (withContext ? `${context}: ` : '')
  const conflicts = secrets.flatMap(({ context, namespace, name, conflict }) =>
    conflict === undefined ? [] : [`${inContext(context)}${namespace}/${name}: ${conflict}.`],
  )
  const bad = secrets.filter(needsAttention)
  const ofClusters = clusters.flatMap(one => {
    if (!isRead(one)) return [`${inContext(one.context)}${one.error}`]
    const failed = (one.runs ?? []).filter(({ result, cause }) => result === 'failed' && cause !== undefined)
    return [
      ...failed.map(
        ({ name, cause }) => `${inContext(one.context)}The latest run of ${name} failed: ${cause?.replace(`${name} failed: `, '')}`,
      ),
      ...one.notes.map(note => `${inContext(one.context)}${note}`),
      ...one.cannotTell.map(limit => `${inContext(one.context)}${cannotTellLine(limit)}`),
    ]
  })
  const doctor = `${bad.length} of ${secrets.length} Secrets ${bad.length === 1 ? 'needs' : 'need'} attention. \`ecr-anywhere doctor\` finds the cause.`
  return [...conflicts.slice(0, maxReasons), ...ofClusters, ...(bad.length > 0 ? [doctor] : [])]
}
