import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { recordFailures } from './failures.ts'
import type { ReadFlags } from './flags.ts'
import type { RunLimits } from './limits.ts'
import type { Progress } from './progress.ts'
import { type RefreshOptions, refresh } from './refresh.ts'
import { causeLine, exitCodeOf, failedOf, maxNamed, reportOf, summaryOf } from './report.ts'

type Log = (fields: object, text: string) => void

export interface RunWorld {
  /** With the bounds of the run. */
  kubernetes: Kubernetes
  /** @param signal aborted when Events have had their time */
  eventsKubernetes: (signal: AbortSignal) => Kubernetes
  limits: Pick<RunLimits, 'stoppedBy' | 'startEvents'>
  nowMs: () => number
  progress: Progress
  log: { error: Log; warn: Log }
  /** What goes to stdout. */
  print: (text: string) => void
}

/** Refreshes, reports, then records Events: whatever becomes of those, the report is out. @returns the exit code @throws as `refresh` */
export async function run(options: RefreshOptions & Pick<ReadFlags, 'output'>, world: RunWorld): Promise<0 | 1> {
  const { kubernetes, limits, nowMs, progress, log, print } = world
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
  for (const { namespace, name, expiresAt } of done.outside.slice(0, maxNamed))
    log.warn({ namespace, name, expiresAt }, 'not renewed, because its namespace is not enabled')
  print(`${reportOf(done, { ...options, nowMs: nowMs() })}\n`)

  const signal = limits.startEvents()
  const problem = await recordFailures(failedOf(done), { kubernetes: world.eventsKubernetes(signal), nowMs, signal })
  // The last line of a pod's log is its termination message, whichever stream it went to: so this line says the cause, too.
  if (problem !== undefined) log.warn({}, `${problem}; ${causeLine(done)}`)
  return exitCodeOf(summaryOf(done))
}
