import { metricNames } from '@ecr-anywhere/shared/names.ts'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Result } from '../inject.ts'

/** All labels are bounded: tenants and regions that exist, our own words. */
export interface Metrics {
  admission: (labels: { tenant: string; operation: string; result: Result }, seconds: number) => void
  tokenRequest: (labels: { tenant: string; region: string; result: string }) => void
  tokenExpiry: (labels: { tenant: string; region: string }, expiresAtMs: number) => void
  certificateNotAfter: (notAfterMs: number) => void
  /** In the text format that Prometheus reads. */
  text: () => Promise<string>
}

/** From an in-memory look-up (well under a millisecond) to the API server's longest webhook timeout. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30]

export function metrics({ version, attestation }: { version: string; attestation: string }): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: metricNames.admissionRequests,
    help: 'Admission reviews by how they ended',
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
  const tokens = new Counter({
    name: metricNames.tokenRequests,
    help: "Calls of GetAuthorizationToken; result is `success` or AWS's code",
    labelNames: ['tenant', 'region', 'result'],
    registers,
  })
  const expiry = new Gauge({
    name: metricNames.tokenExpiry,
    help: 'When the token that is handed out ends, in seconds since the epoch',
    labelNames: ['tenant', 'region'],
    registers,
  })
  const notAfter = new Gauge({ name: metricNames.certificateNotAfter, help: 'End of the serving certificate', registers })
  new Gauge({ name: metricNames.buildInfo, help: 'Always 1', labelNames: ['version', 'attestation'], registers }).set(
    { version, attestation },
    1,
  )

  return {
    admission: (labels, seconds) => {
      requests.inc(labels)
      duration.observe({ tenant: labels.tenant }, seconds)
    },
    tokenRequest: labels => tokens.inc(labels),
    tokenExpiry: (labels, expiresAtMs) => expiry.set(labels, expiresAtMs / 1000),
    certificateNotAfter: notAfterMs => notAfter.set(notAfterMs / 1000),
    text: () => registry.metrics(),
  }
}
