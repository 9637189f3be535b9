import { type Metrics, type MetricsOptions, metrics } from '../../src/http/metrics.ts'

/** Metrics of a webhook that is ready and has nothing else to show, but for what a test gives. */
export function madeMetrics(given: Partial<MetricsOptions> = {}): Metrics {
  return metrics({
    version: '1',
    attestation: 'none',
    tenants: [],
    tokens: () => [],
    startedAtMs: 0,
    ready: { readiness: () => ready, ticketCounts: () => undefined },
    attaches: false,
    refresh: undefined,
    ...given,
  })
}

export const ready = { shutdown: undefined, certificate: undefined, tickets: undefined, client_ca: undefined, front_proxy: undefined }

/** The lines of the samples whose names begin so. */
export async function samples(start: string, { text }: Pick<Metrics, 'text'>): Promise<string[]> {
  return (await text()).split('\n').filter(line => line.startsWith(start))
}
