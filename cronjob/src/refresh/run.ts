import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import type { RefreshReport } from '@ecr-anywhere/shared/refresh-report.ts'
import { type EventsContext, eventsOf } from './events.ts'
import { type ExpiryOptions, writeExpiryConfigMaps } from './expiry-config-map.ts'
import type { ReadFlags } from './flags.ts'
import type { RunLimits } from './limits.ts'
import { podEventsOf, unusableOf } from './pod-events.ts'
import type { Progress } from './progress.ts'
import { foreignEvents, foreignMessage } from './pull-secrets.ts'
import { recordReport, recordStart } from './record-status.ts'
import { type RefreshOptions, type Run, refresh } from './refresh.ts'
import { causeLine, exitCodeOf, maxNamed, reportOf, summaryOf } from './report.ts'
import { failedReport, type RunTimes, statusReport } from './status-report.ts'
import { waitingPods } from './waiting-pods.ts'
import { writeEvents } from './write-events.ts'

type Log = (fields: object, text: string) => void

export interface RunWorld {
  /** The client with the time limits of the run. */
  kubernetes: Kubernetes
  /** @param signal aborted at the time limit for the status and for Events */
  eventsKubernetes: (signal: AbortSignal) => Kubernetes
  limits: Pick<RunLimits, 'stoppedBy' | 'startEvents'>
  nowMs: () => number
  progress: Progress
  log: { error: Log; warn: Log }
  /** Writes to stdout. */
  print: (text: string) => void
}

export interface RunOptions extends RefreshOptions, ExpiryOptions, Pick<ReadFlags, 'output'> {
  /** The namespace of the release, in which the status is recorded. Undefined if it is not recorded. */
  releaseNamespace: string | undefined
  /** Whether pods are listed to write Events on those that cannot pull because of a Secret that failed. */
  podEvents: boolean
}

/**
 * Refreshes, then reports, then writes ConfigMaps and Events, so that these cannot delay the report. Only a run over the whole scope is
 * recorded in the status. An expiry that was requested and could not be written fails the run; the status and Events do not change the result.
 *
 * @returns the exit code
 * @throws as `refresh`
 */
export async function run(options: RunOptions, world: RunWorld): Promise<0 | 1> {
  const { limits, nowMs, log, print } = world
  const isWhole = !options.dryRun && options.namespace === undefined
  const status = recorder(isWhole ? options.releaseNamespace : undefined, world)
  const done = await refreshed(options, world).catch(async error => {
    const problem = await status.record(times => failedReport(sentence(error), times), limits.startEvents())
    if (problem !== undefined) log.warn({}, problem)
    throw error
  })
  print(`${reportOf(done, { ...options, nowMs: nowMs() })}\n`)

  const signal = limits.startEvents()
  const laterKubernetes = world.eventsKubernetes(signal)
  const unwritten = await writeExpiryConfigMaps(options, laterKubernetes)
  const { refreshBeforeMs } = options
  const unrecorded = await status.record(times => statusReport(done, { ...times, refreshBeforeMs, unwritten }), signal)
  const unusable = options.podEvents ? unusableOf(done, { nowMs: nowMs(), refreshBeforeMs }) : []
  const waiting = await waitingPods(laterKubernetes, [...new Set(unusable.map(({ secret }) => secret.namespace))])
  const events = [
    ...eventsOf(done, status.eventsContext()),
    ...foreignEvents(done.repaired, nowMs()),
    ...podEventsOf(waiting.pods, unusable, nowMs()),
  ]
  const problems = [unwritten, unrecorded, waiting.problem, await writeEvents(events, { kubernetes: laterKubernetes, signal })].filter(
    problem => problem !== undefined,
  )
  // The last line of a pod's log on either stream is its termination message, so this line repeats the cause.
  if (problems.length > 0) log.warn({}, [...problems, causeLine(done) ?? []].flat().join('; '))
  return unwritten === undefined ? exitCodeOf(summaryOf(done)) : 1
}

/**
 * Records the start at once, without delaying the run. That it could not be recorded is not reported: either the report of the run cannot be
 * recorded for the same reason, or it replaces the start.
 *
 * @param namespace undefined if nothing is recorded
 */
function recorder(namespace: string | undefined, { kubernetes, eventsKubernetes, nowMs }: RunWorld) {
  const startedAtMs = nowMs()
  const start = namespace === undefined ? undefined : recordStart(startedAtMs, { kubernetes, namespace })
  let recorded: EventsContext | undefined

  /** @returns why it was not recorded; undefined if it was */
  async function record(reportOf: (times: RunTimes) => RefreshReport, signal: AbortSignal): Promise<string | undefined> {
    if (namespace === undefined) return undefined
    await start
    const report = (previous: RefreshReport | undefined) => {
      recorded = { previous, nowMs: nowMs() }
      return reportOf({ startedAtMs, finishedAtMs: recorded.nowMs, previous })
    }
    return recordReport(report, { kubernetes: eventsKubernetes(signal), namespace })
  }

  /** The time of the report, by which later runs know since when a Secret fails. */
  const eventsContext = () => recorded ?? { previous: undefined, nowMs: nowMs() }
  return { record, eventsContext }
}

async function refreshed(options: RefreshOptions, { kubernetes, limits, nowMs, progress, log }: RunWorld): Promise<Run> {
  const done = await refresh(
    {
      kubernetes,
      nowMs,
      stoppedBy: limits.stoppedBy,
      onTouched: (touched, count, plan) => {
        progress.update(count, plan.touch.length)
        if (touched.result !== 'failed') return
        progress.clear()
        const { namespace, name } = touched.secret
        log.error({ namespace, name, cause: touched.cause }, 'not renewed')
      },
    },
    options,
  ).finally(progress.clear)
  for (const unlisted of done.unlisted) log.error(unlisted, 'namespace could not be listed')
  for (const one of done.repaired) {
    const { namespace, name, result } = one
    if (result === 'failed') log.error({ namespace, name, cause: one.cause }, 'missing pull Secret not created')
    if (result === 'foreign') log.warn({ namespace, name }, foreignMessage(one))
  }
  for (const { namespace, name, expiresAt } of done.outside.slice(0, maxNamed))
    log.warn({ namespace, name, expiresAt }, 'not renewed, because its namespace is not enabled')
  return done
}
