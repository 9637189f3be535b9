import { metricNames } from '@ecr-anywhere/shared/names.ts'
import type { Counted } from '@ecr-anywhere/shared/refresh-report.ts'
import { secretStates } from '@ecr-anywhere/shared/secret-state.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import type { Registry } from 'prom-client'
import { type RefreshStatus, reportStates } from '../refresh-status.ts'
import { sampledGauge } from './sampled-gauge.ts'

/**
 * What the refresher recorded, as gauges. All replicas serve the same, so rules use `max`. Labels contain no cause. The names of Secrets are
 * bounded: they are those of the Secrets that expire first.
 *
 * @param status called at each scrape
 */
export function refreshGauges(registers: Registry[], status: () => RefreshStatus): void {
  const one = (name: string, help: string, value: (status: RefreshStatus) => number | undefined) =>
    sampledGauge({ name, help, registers, samples: () => [{ value: value(status()) }] })

  sampledGauge({
    name: metricNames.refreshReport,
    help: 'Whether the ConfigMap of the refresher can be read: 1 for its state, 0 for the others',
    labelNames: ['state'],
    registers,
    samples: () => reportStates.map(state => ({ labels: { state }, value: Number(status().state === state) })),
  })
  one(metricNames.refreshLastStart, 'When the latest refresh began, in seconds since the epoch', ({ start }) => seconds(start?.startedAt))
  one(metricNames.refreshLastRun, 'When the latest refresh ended, whatever its result, in seconds since the epoch', ({ report }) =>
    seconds(report?.finishedAt),
  )
  one(metricNames.refreshLastSuccess, 'When the latest refresh that succeeded ended, in seconds since the epoch', ({ report }) =>
    seconds(report?.lastSuccessAt),
  )
  one(metricNames.refreshFailed, '1 if the latest refresh failed, 0 if it succeeded', ({ report }) => report && Number(report.failed))
  one(metricNames.refreshFailures, 'The number of Secrets that the latest refresh could not renew', ({ report }) => report?.counted?.failed)
  one(
    metricNames.secretsNotEnabled,
    'The number of managed Secrets in namespaces that are not enabled, which are not renewed',
    ({ report }) => report?.counted?.notEnabled,
  )
  sampledGauge({
    name: metricNames.managedSecrets,
    help: 'The number of managed Secrets after the latest refresh, by state',
    labelNames: ['state'],
    registers,
    samples: () => secretStates.map(state => ({ labels: { state }, value: status().report?.counted?.states[state] })),
  })
  const perSecret = (name: string, help: string, value: (secret: Counted['expiring'][number]) => number | undefined) =>
    sampledGauge({
      name,
      help,
      labelNames: ['secret_namespace', 'secret_name'],
      registers,
      samples: () =>
        (status().report?.counted?.expiring ?? []).map(secret => ({
          labels: { secret_namespace: secret.namespace, secret_name: secret.name },
          value: value(secret),
        })),
    })
  perSecret(
    metricNames.secretExpiry,
    'When a managed Secret expires, in seconds since the epoch, for those that expire first',
    ({ expiresAt }) => seconds(expiresAt),
  )
  perSecret(
    metricNames.secretLifetime,
    'How long the credentials in a managed Secret were valid when they were written, for those that expire first',
    ({ lifetimeSeconds }) => lifetimeSeconds,
  )
}

function seconds(time: string | undefined): number | undefined {
  const ms = parseTime(time)
  return ms === undefined ? undefined : ms / 1000
}
