import { metricNames } from '@ecr-anywhere/shared/names.ts'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Result } from '../admission/fill.ts'
import type { AttachResult } from '../attach/attach.ts'
import type { RefreshStatus } from '../refresh-status.ts'
import { type ReadinessGauges, readinessGauges } from './readiness-gauges.ts'
import { refreshGauges } from './refresh-gauges.ts'
import { sampledGauge } from './sampled-gauge.ts'

/** The values of all labels are bounded: existing tenants, existing regions, and fixed words. */
export interface Metrics {
  admission: (labels: { tenant: string; operation: string; result: Result }, seconds: number) => void
  attachReview: (labels: { tenant: string; result: AttachResult }) => void
  tokenRequest: (labels: { tenant: string; region: string; result: string }) => void
  certificateNotAfter: (notAfterMs: number) => void
  /** In the text format that Prometheus reads. */
  text: () => Promise<string>
}

export interface TokenSample {
  tenant: string
  region: string
  /** Of the cached token. */
  expiresAtMs?: number
  /** Whether the last call succeeded; undefined until AWS has answered. */
  isGood?: boolean
}

export interface MetricsOptions {
  version: string
  attestation: string
  /** The tenants, and the regions whose tokens they are expected to need: their counters start at zero. */
  tenants: Iterable<{ tenant: string; regions: readonly string[] }>
  /** The current tokens. It is called at each scrape, so that dropped tokens are no longer shown. */
  tokens: () => Iterable<TokenSample>
  /** When this process started, in milliseconds since the epoch. */
  startedAtMs: number
  ready: ReadinessGauges
  /** Whether the webhook answers reviews of pods. */
  attaches: boolean
  /** What the refresher recorded; undefined if the webhook does not know where. */
  refresh: (() => RefreshStatus) | undefined
}

/** All results. The compiler reports a missing one. */
const results = Object.keys({
  injected: 1,
  unchanged: 1,
  stale: 1,
  kept: 1,
  dry_run: 1,
  skipped: 1,
  denied: 1,
  error: 1,
} satisfies Record<Result, 1>)

const attachResults = ['attached', 'unchanged'] as const satisfies AttachResult[]

/** From an in-memory look-up (well under a millisecond) to the API server's longest webhook timeout. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30]

export function metrics({ version, attestation, tenants, tokens, startedAtMs, ready, attaches, refresh }: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: metricNames.admissionRequests,
    help: 'Admission reviews by result',
    labelNames: ['tenant', 'operation', 'result'],
    registers,
  })
  const duration = new Histogram({
    name: metricNames.admissionDuration,
    help: 'Time from the parsed review to its answer',
    labelNames: ['tenant'],
    buckets,
    registers,
  })
  const attachReviews = attaches ? attachCounter(registers) : undefined
  const tokenRequests = new Counter({
    name: metricNames.tokenRequests,
    help: "Calls of GetAuthorizationToken; result is `success` or AWS's code",
    labelNames: ['tenant', 'region', 'result'],
    registers,
  })
  // `increase` does not see the first error of a counter that did not exist before.
  for (const { tenant, regions } of tenants) {
    for (const operation of ['CREATE', 'UPDATE']) for (const result of results) requests.inc({ tenant, operation, result }, 0)
    for (const result of attachResults) attachReviews?.inc({ tenant, result }, 0)
    for (const region of regions) tokenRequests.inc({ tenant, region, result: 'success' }, 0)
  }
  const ofTokens = (name: string, help: string, numberIn: (token: TokenSample) => number | undefined) =>
    sampledGauge({ name, help, labelNames: ['tenant', 'region'], registers, samples: () => lowest(tokens(), numberIn) })
  ofTokens(metricNames.tokenExpiry, 'When the cached token expires, in seconds since the epoch', ({ expiresAtMs }) =>
    expiresAtMs === undefined ? undefined : expiresAtMs / 1000,
  )
  ofTokens(metricNames.tokenLastResult, '1 if the last call of GetAuthorizationToken gave a token, 0 if it failed', ({ isGood }) =>
    isGood === undefined ? undefined : Number(isGood),
  )
  let certificateNotAfterMs: number | undefined
  sampledGauge({
    name: metricNames.certificateNotAfter,
    help: 'When the serving certificate expires, in seconds since the epoch',
    registers,
    samples: () => (certificateNotAfterMs === undefined ? [] : [{ value: certificateNotAfterMs / 1000 }]),
  })
  new Gauge({ name: metricNames.buildInfo, help: 'Always 1', labelNames: ['version', 'attestation'], registers }).set(
    { version, attestation },
    1,
  )
  new Gauge({ name: metricNames.startTime, help: 'When this process started, in seconds since the epoch', registers }).set(
    startedAtMs / 1000,
  )
  readinessGauges(registers, ready)
  if (refresh !== undefined) refreshGauges(registers, refresh)

  return {
    admission: (labels, seconds) => {
      requests.inc(labels)
      duration.observe({ tenant: labels.tenant }, seconds)
    },
    attachReview: labels => attachReviews?.inc(labels),
    tokenRequest: labels => tokenRequests.inc(labels),
    certificateNotAfter: notAfterMs => {
      certificateNotAfterMs = notAfterMs
    },
    text: () => registry.metrics(),
  }
}

function attachCounter(registers: Registry[]) {
  return new Counter({ name: metricNames.attachReviews, help: 'Reviews of pods by result', labelNames: ['tenant', 'result'], registers })
}

/** Several tokens may share the label `other`. The lowest value of them is shown. */
function lowest(samples: Iterable<TokenSample>, numberIn: (token: TokenSample) => number | undefined) {
  const found = new Map<string, { labels: { tenant: string; region: string }; value: number }>()
  for (const sample of samples) {
    const { tenant, region } = sample
    const value = numberIn(sample)
    const id = `${tenant}/${region}`
    if (value !== undefined) found.set(id, { labels: { tenant, region }, value: Math.min(value, found.get(id)?.value ?? value) })
  }
  return found.values()
}
