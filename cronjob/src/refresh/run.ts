import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { type ExpiryOptions, writeExpiryConfigMaps } from './expiry-config-map.ts'
import { recordFailures } from './failures.ts'
import type { ReadFlags } from './flags.ts'
import type { RunLimits } from './limits.ts'
import type { Progress } from './progress.ts'
import { type RefreshOptions, refresh } from './refresh.ts'
import { causeLine, exitCodeOf, failedOf, maxNamed, reportOf, summaryOf } from './report.ts'

type Log = (fields: object, text: string) => void

export interface RunWorld {
  /** The client with the time limits of the run. */
  kubernetes: Kubernetes
  /** @param signal aborted at the time limit for Events */
  eventsKubernetes: (signal: AbortSignal) => Kubernetes
  limits: Pick<RunLimits, 'stoppedBy' | 'startEvents'>
  nowMs: () => number
  progress: Progress
  log: { error: Log; warn: Log }
  /** Writes to stdout. */
  print: (text: string) => void
}

/** Refreshes, then reports, then writes ConfigMaps and Events, so that these cannot delay the report. @returns the exit code @throws as `refresh` */
export async function run(options: RefreshOptions & ExpiryOptions & Pick<ReadFlags, 'output'>, world: RunWorld): Promise<0 | 1> {
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
  const laterKubernetes = world.eventsKubernetes(signal)
  const unwritten = await writeExpiryConfigMaps(options, laterKubernetes)
  const problem = await recordFailures(failedOf(done), { kubernetes: laterKubernetes, nowMs, signal })
  // The last line of a pod's log on either stream is its termination message, so this line repeats the cause.
  if (problem !== undefined) log.warn({}, `${problem}; ${causeLine(done)}`)
  if (unwritten === undefined) return exitCodeOf(summaryOf(done))
  log.error({}, [unwritten, causeLine(done)].filter(line => line !== undefined).join('; '))
  return 1
}
