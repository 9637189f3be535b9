import { setTimeout as sleep } from 'node:timers/promises'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { logOptions } from '@ecr-anywhere/shared/log.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { pino } from 'pino'
import { recordFailures } from './failures.ts'
import { type RefreshFlags, readFlags } from './flags.ts'
import { runLimits } from './limits.ts'
import { progress } from './progress.ts'
import { refresh } from './refresh.ts'
import { causeLine, exitCodeOf, failedOf, maxNamed, reportOf, summaryOf } from './report.ts'

/** `ecr-anywhere refresh`. Logs go to stderr, the report to stdout. @returns the exit code @throws Fault `settings`, `transient` */
export async function main(given: RefreshFlags): Promise<number> {
  const flags = readFlags(given)
  const settings = readSettings(settingsOf.refresh, process.env)
  const logger = pino(
    { ...logOptions(settings.LOG_LEVEL), timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
  const client = await kubeTransport(loadKubeConfig(), settings.REFRESH_CONCURRENCY)
  const limits = runLimits((ms, act) => void setTimeout(act, ms).unref())
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      logger.warn({ signal }, 'finishing what is in flight')
      limits.stop(signal)
    })
  }
  const retries = { sleep, random: Math.random }
  const show = progress(process.stderr, Date.now)
  const run = await refresh(
    {
      kubernetes: kubernetes(client, { retries: { ...retries, signal: limits.stopping }, deadline: limits.abandoned }),
      nowMs: Date.now,
      onTouched: (touched, done, plan) => {
        show.update(done, plan.touch.length)
        if (touched.result !== 'failed') return
        show.clear()
        const { namespace, name } = touched.secret
        logger.error({ namespace, name, cause: touched.cause }, 'not renewed')
      },
      stoppedBy: limits.stoppedBy,
    },
    {
      ...flags,
      refreshBeforeMs: settings.REFRESH_BEFORE,
      concurrency: settings.REFRESH_CONCURRENCY,
      namespaces: settings.NAMESPACES,
    },
  ).finally(show.clear)
  for (const unlisted of run.unlisted) logger.error(unlisted, 'namespace could not be listed')
  for (const { namespace, name, expiresAt } of run.outside.slice(0, maxNamed))
    logger.warn({ namespace, name, expiresAt }, 'not renewed, because its namespace is not enabled')
  process.stdout.write(`${reportOf(run, { ...flags, nowMs: Date.now() })}\n`)

  const signal = limits.startEvents()
  const problem = await recordFailures(failedOf(run), {
    kubernetes: kubernetes(client, { retries: { ...retries, signal }, deadline: signal }),
    nowMs: Date.now,
    signal,
  })
  // The last line of a pod's log is its termination message, whichever stream it went to: so this line says the cause, too.
  if (problem !== undefined) logger.warn(`${problem}; ${causeLine(run)}`)
  client.close()
  return exitCodeOf(summaryOf(run))
}
