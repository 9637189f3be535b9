import { metricNames } from '@ecr-anywhere/shared/names.ts'
import { Counter, collectDefaultMetrics, Registry } from 'prom-client'
import { sampledGauge } from '../../http/sampled-gauge.ts'
import type { Attempt } from '../attempt.ts'
import type { Namespace } from '../provisioner.ts'

export interface ProvisionMetrics {
  attempt: (result: Attempt['result']) => void
  /** In the text format that Prometheus reads. */
  text: () => Promise<string>
}

/** All results. The compiler reports a missing one. */
const results = Object.keys({ created: 1, exists: 1, gone: 1, failed: 1 } satisfies Record<Attempt['result'], 1>)

/**
 * In milliseconds. By default, prom-client looks at the event loop a hundred times a second, which takes 1 % of a core from a process that is
 * idle. It cannot be turned off, so it is done rarely, and its metrics, which then begin at this value, are left out.
 */
const eventLoopMonitoringPrecision = 10_000

/** The names differ from those of the webhook, because alerts about the webhook must not see this process. */
export function provisionMetrics({
  isReady,
  counts,
}: {
  isReady: () => boolean
  counts: () => Record<Namespace['state'], number>
}): ProvisionMetrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision })
  for (const { name } of registry.getMetricsAsArray()) if (name.startsWith('nodejs_eventloop_lag')) registry.removeSingleMetric(name)
  const creates = new Counter({
    name: metricNames.provisionCreates,
    help: 'Attempts to create a pull Secret by result',
    labelNames: ['result'],
    registers,
  })
  // `increase` does not see the first error of a counter that did not exist before.
  for (const result of results) creates.inc({ result }, 0)
  sampledGauge({
    name: metricNames.provisionReady,
    help: '1 if all changes of namespaces are known, 0 if not',
    registers,
    samples: () => [{ value: Number(isReady()) }],
  })
  sampledGauge({
    name: metricNames.provisionNamespaces,
    help: 'Namespaces that ask for a pull Secret by state',
    labelNames: ['state'],
    registers,
    samples: () => Object.entries(counts()).map(([state, value]) => ({ labels: { state }, value })),
  })
  return { attempt: result => creates.inc({ result }), text: () => registry.metrics() }
}
