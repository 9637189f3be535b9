import { setTimeout as sleep } from 'node:timers/promises'
import { kubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/config.ts'
import { retrying } from '@ecr-anywhere/shared/kube/retry.ts'
import { logOptions } from '@ecr-anywhere/shared/log.ts'
import { readSettings, settingsFault, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { pino } from 'pino'
import { recordFailures } from './kube/failures.ts'
import { progress } from './progress.ts'
import { type Run, refresh } from './refresh.ts'
import { causeLine, exitCodeOf, failedOf, planTable, summaryLine, summaryOf } from './report.ts'

export interface RefreshFlags {
  dryRun?: boolean
  force?: boolean
  namespace?: string
  output?: string
}

/** `ecr-anywhere refresh`. Logs go to stderr, the result to stdout. @returns the exit code @throws Fault `settings`, `passing` */
export async function main({ dryRun = false, force = false, namespace, output = 'text' }: RefreshFlags): Promise<number> {
  if (output !== 'text' && output !== 'json') throw settingsFault([`--output: found ${JSON.stringify(output)}, wanted text or json`])
  const settings = readSettings(settingsOf.refresh, process.env)
  const logger = pino(
    { ...logOptions(settings.LOG_LEVEL), timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
  const config = loadKubeConfig()
  const client = await kubeClient(config, settings.REFRESH_CONCURRENCY)
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      logger.warn({ signal }, 'finishing what is in flight')
      stopping = true
    })
  }

  const show = progress(process.stderr, Date.now)
  const run = await refresh(
    {
      send: retrying(client, { sleep, random: Math.random }),
      nowMs: Date.now,
      onTouched: (touched, done, plan) => {
        show.update(done, plan.touch.length)
        if (touched.result !== 'failed') return
        show.clear()
        const { namespace, name } = touched.secret
        logger.error({ namespace, name, cause: touched.cause }, 'not renewed')
      },
      isStopping: () => stopping,
    },
    {
      refreshBeforeMs: settings.REFRESH_BEFORE,
      concurrency: settings.REFRESH_CONCURRENCY,
      force,
      dryRun,
      namespaces: namespace === undefined ? settings.NAMESPACES : [namespace],
    },
  )
  show.clear()
  for (const unlisted of run.unlisted) logger.error(unlisted, 'namespace could not be listed')
  await recordFailures(config, failedOf(run), error => logger.warn({ error }, 'an Event could not be written'))
  client.close()
  print(run, { output, dryRun })
  return exitCodeOf(summaryOf(run))
}

function print(run: Run, { output, dryRun }: { output: 'text' | 'json'; dryRun: boolean }): void {
  const summary = summaryOf(run)
  const cause = causeLine(run)
  const lines =
    output === 'json'
      ? [JSON.stringify({ ...summary, ...(dryRun ? { plan: run.plan.touch } : {}), failures: failedOf(run), unlisted: run.unlisted })]
      : [...(dryRun ? [planTable(run.plan, Date.now())] : []), summaryLine(summary, Date.now())]
  process.stdout.write(`${[...lines, ...(cause === undefined ? [] : [cause])].join('\n')}\n`)
}
