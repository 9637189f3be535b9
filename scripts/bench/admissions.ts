import autocannon from 'autocannon'
import { type Bed, post } from './bed.ts'
import type { Figure } from './figures.ts'
import { pairs, ratioFigure } from './pairs.ts'
import { peakMemory } from './processes.ts'

export interface AdmissionOptions {
  pairs: number
  /** The duration of each measurement. */
  seconds: number
  onStep: (what: string) => void
}

/** autocannon counts whole milliseconds, so a shorter time is treated as half a millisecond. */
const half = 0.5

/** Posts a review as fast as its answers arrive, on each connection. The first answer is checked, because a denial would be faster. */
export async function reviews({ url, body, connections, seconds }: { url: string; body: string; connections: number; seconds: number }) {
  const { response } = JSON.parse(await post(`${url}/inject/default`, body))
  if (!response.allowed || !response.patch) throw new Error(`${url} injected nothing: ${JSON.stringify(response.status)}`)
  const { requests, latency, non2xx, errors } = await autocannon({
    url: `${url}/inject/default`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections,
    duration: seconds,
  })
  if (non2xx + errors > 0) throw new Error(`${url}: ${non2xx} answers were not 200, ${errors} failed`)
  return { perSecond: requests.average, p50: Math.max(latency.p50, half), p99: Math.max(latency.p99, half) }
}

/** Measures reviews that are sent directly to each webhook with 1, 16 and 64 connections, and then the peak memory of both. */
export async function admissions({ bed, bare, body }: Bed, { pairs: count, seconds, onStep }: AdmissionOptions): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const connections of [1, 16, 64]) {
    onStep(`admissions at ${connections} connections`)
    const latencies: Record<'ours' | 'bare', { p50: number; p99: number }[]> = { ours: [], bare: [] }
    const load = (who: 'ours' | 'bare', url: string) => async () => {
      const { perSecond, p50, p99 } = await reviews({ url, body, connections, seconds })
      latencies[who].push({ p50, p99 })
      return perSecond
    }
    const ours = load('ours', bed.webhook().url)
    const theirs = load('bare', bare.url)
    await ours()
    await theirs()
    latencies.ours.length = 0
    latencies.bare.length = 0
    const found = await pairs(count, ours, theirs)
    const judged = connections === 16
    figures.push(
      ratioFigure(found, {
        what: `admission, warm, ${connections} connections`,
        unit: '/s',
        ...(judged ? { wanted: { atLeast: 0.6 } } : {}),
      }),
    )
    for (const percentile of ['p50', 'p99'] as const) {
      const of = (who: 'ours' | 'bare') => latencies[who].map(one => one[percentile])
      const zipped = of('ours').map((ours, at) => ({ ours, bare: of('bare')[at] ?? Number.NaN }))
      figures.push(ratioFigure(zipped, { what: `… ${percentile}`, unit: 'ms' }))
    }
  }
  const [oursMb, bareMb] = [await peakMemory(bed.webhook().pid), await peakMemory(bare.pid)]
  figures.push({
    what: 'peak memory of the webhook under that load, above the bare route',
    unit: 'MB',
    ours: oursMb,
    bare: bareMb,
    value: oursMb - bareMb,
    wanted: { atMost: 20 },
  })
  return figures
}
