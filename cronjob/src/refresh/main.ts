import { setTimeout as sleep } from 'node:timers/promises'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import { stderrLog } from '../files/stderr-log.ts'
import { type RefreshFlags, readFlags } from './flags.ts'
import { runLimits } from './limits.ts'
import { progress } from './progress.ts'
import { run } from './run.ts'

/**
 * `ecr-anywhere refresh`. Logs go to stderr, the report to stdout, both as text or both as JSON.
 *
 * @returns the exit code @throws Fault `settings`, `transient`
 */
export async function main(given: RefreshFlags): Promise<number> {
  const flags = readFlags(given)
  const settings = readSettings(settingsOf.refresh, process.env)
  const {
    REFRESH_BEFORE: refreshBeforeMs,
    REFRESH_CONCURRENCY: concurrency,
    NAMESPACES: namespaces,
    RELEASE_NAMESPACE: releaseNamespace,
  } = settings
  const pullSecrets = settings.CREATE_PULL_SECRETS ? { defaultName: settings.PULL_SECRET } : undefined
  const log = stderrLog(flags.output, settings.LOG_LEVEL)
  const transport = await kubeTransport(loadKubeConfig(), concurrency)
  const limits = runLimits((ms, act) => void setTimeout(act, ms).unref())
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.warn({ signal }, 'finishing the requests in flight')
      limits.stop(signal)
    })
  }
  const bounded = (stop: AbortSignal, deadline: AbortSignal) =>
    kubernetes(transport, { retries: { sleep, random: Math.random, signal: stop }, deadline })
  const exitCode = await run(
    {
      ...flags,
      refreshBeforeMs,
      concurrency,
      namespaces,
      releaseNamespace,
      expiryConfigMaps: settings.EXPIRY_CONFIG_MAPS,
      pullSecrets,
      podEvents: settings.POD_EVENTS,
    },
    {
      kubernetes: bounded(limits.stopping, limits.abandoned),
      eventsKubernetes: signal => bounded(signal, signal),
      limits,
      nowMs: Date.now,
      progress: progress(process.stderr, Date.now),
      log,
      print: text => void process.stdout.write(text),
    },
  )
  transport.close()
  return exitCode
}
