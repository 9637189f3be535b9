import { type Bed, namespaces } from './bed.ts'
import type { Figure } from './figures.ts'
import { pairs, ratioFigure } from './pairs.ts'
import { clientOf, create, perSecond, touch } from './writes.ts'

export interface ApiServerOptions {
  pairs: number
  /** The number of writes of each measurement. */
  writes: number
  concurrency: number
  onStep: (what: string) => void
}

/** Measures creates and touches through the API server with our webhook, with the bare one and without a webhook. */
export async function throughApiServer(
  { cluster }: Bed,
  { pairs: count, writes, concurrency, onStep }: ApiServerOptions,
): Promise<Figure[]> {
  const client = await clientOf(cluster.kubeconfig, concurrency)
  let round = 0
  const creating = (namespace: string) => async () => {
    round += 1
    return perSecond(writes, concurrency, at => create(client, namespace, `made-${round}-${at}`))
  }
  const touching = (namespace: string) => () => perSecond(writes, concurrency, at => touch(client, namespace, `touched-${at}`))

  onStep(`creating ${writes} Secrets in each namespace`)
  for (const namespace of Object.values(namespaces)) await perSecond(writes, concurrency, at => create(client, namespace, `touched-${at}`))
  const figures: Figure[] = []
  for (const [verb, work] of [
    ['creates', creating],
    ['touches', touching],
  ] as const) {
    onStep(`${verb} through the API server`)
    const found = await pairs(count, work(namespaces.ours), work(namespaces.bare))
    const what = `${verb} through the API server, ${concurrency} connections, the bare route as the webhook`
    figures.push(ratioFigure(found, { what, unit: '/s', wanted: { atLeast: 0.95 } }))
    const without = await pairs(count, work(namespaces.ours), work(namespaces.none))
    figures.push(ratioFigure(without, { what: '… no webhook at all', unit: '/s' }))
  }
  client.close()
  return figures
}
