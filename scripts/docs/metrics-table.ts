import { type Metrics, metrics } from '@ecr-anywhere/webhook/http/metrics.ts'
import { provisionMetrics } from '@ecr-anywhere/webhook/provision/http/provision-metrics.ts'
import type { RefreshStatus } from '@ecr-anywhere/webhook/refresh-status.ts'

const at = '2026-01-01T12:00:00Z'
const tenant = 'default'
const region = 'us-east-1'

/** A report in which each metric has a sample, because only samples show their labels. */
const status: RefreshStatus = {
  state: 'ok',
  start: { version: 1, startedAt: at },
  report: {
    version: 1,
    startedAt: at,
    finishedAt: at,
    failed: false,
    lastSuccessAt: at,
    counted: {
      at,
      states: { NeverInjected: 0, Expired: 0, Due: 0, Fresh: 1 },
      notEnabled: 0,
      failed: 0,
      namespaces: [],
      expiring: [{ namespace: 'team-a', name: 'pull', expiresAt: at, lifetimeSeconds: 43_200 }],
      failures: [],
      unlisted: [],
      truncated: { namespaces: false, expiring: false, failures: false, unlisted: false },
    },
  },
}

/** The table of the metrics of this product, from the texts that a webhook and a provisioner serve. */
export async function metricsTable(): Promise<string> {
  const text = `${await example().text()}\n${await provisionMetrics({ isReady: () => true, counts: () => ({ pending: 0, ready: 1, failing: 0 }) }).text()}`
  const rows = [...text.matchAll(/^# HELP (ecr_anywhere_\w+) (.*)\n# TYPE \1 (\w+)\n(.*)$/gm)].map(
    ([, name = '', help, type, sample = '']) => {
      const labels = [...sample.matchAll(/(\w+)="/g)].flatMap(([, label]) => (label === 'le' ? [] : [`\`${label}\``]))
      return `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help}. |`
    },
  )
  return ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function example(): Metrics {
  const made = metrics({
    version: '1.0.0',
    attestation: 'policy',
    tenants: [{ tenant, regions: [region] }],
    tokens: () => [{ tenant, region, expiresAtMs: 0, isGood: true }],
    startedAtMs: 0,
    ready: {
      readiness: () => ({ shutdown: undefined, certificate: undefined, tickets: undefined, client_ca: undefined, front_proxy: undefined }),
      ticketCounts: () => new Map([[tenant, 1]]),
    },
    refresh: () => status,
  })
  made.admission({ tenant, operation: 'CREATE', result: 'injected' }, 0)
  made.certificateNotAfter(0)
  return made
}
