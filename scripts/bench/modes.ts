import { startAttested } from '../testbed/attested.ts'
import type { ApiServerOptions } from './api-server.ts'
import type { Bed } from './bed.ts'
import type { Figure } from './figures.ts'
import { pairs, ratioFigure } from './pairs.ts'
import { timed } from './processes.ts'
import { type RefreshOptions, renewedAll } from './refreshes.ts'
import { clientOf, create, perSecond, touch } from './writes.ts'

const namespace = 'ready-enabled'
/** The namespace of the Secrets that a refresh renews. */
const refreshed = 'refreshed'

/** Measures creates, touches and a refresh of many Secrets in mode `aggregated`, with two requests for each review, and in mode `policy`. */
export async function modes(
  { program, logFile }: Pick<Bed, 'program' | 'logFile'>,
  { pairs: count, writes, secrets, concurrency, onStep }: ApiServerOptions & RefreshOptions,
): Promise<Figure[]> {
  onStep('two control planes, one for each mode')
  const stops: (() => unknown)[] = []
  const owner = { teardown: (stop: () => unknown) => void stops.unshift(stop) }
  const started = async (mode: 'aggregated' | 'policy') => {
    const { cluster, namespace: createNamespace } = await startAttested(owner, { mode, program, logFile, env: { LOG_LEVEL: 'info' } })
    await createNamespace(refreshed, 'enabled')
    const client = await clientOf(cluster.kubeconfig, concurrency)
    owner.teardown(client.close)
    return { cluster, client }
  }
  try {
    const beds = { ours: await started('aggregated'), bare: await started('policy') }
    const rounds = { ours: 0, bare: 0 }
    const creating = (who: 'ours' | 'bare') => async () => {
      rounds[who] += 1
      return perSecond(writes, concurrency, at => create(beds[who].client, namespace, `made-${rounds[who]}-${at}`))
    }
    const touching = (who: 'ours' | 'bare') => () =>
      perSecond(writes, concurrency, at => touch(beds[who].client, namespace, `made-1-${at}`))
    const refreshing = (who: 'ours' | 'bare') => async () => {
      const env = { KUBECONFIG: beds[who].cluster.kubeconfig, REFRESH_CONCURRENCY: String(concurrency) }
      const args = ['refresh', '--force', '--namespace', refreshed, '--output', 'json']
      return renewedAll(await timed([...program, ...args], env), secrets).seconds
    }
    const figures: Figure[] = []
    for (const [what, work, wanted] of [
      ['creates', creating, { atLeast: 0.75 }],
      ['touches', touching, { atLeast: 0.75 }],
    ] as const) {
      onStep(`${what} in both modes`)
      await work('ours')()
      await work('bare')()
      const found = await pairs(count, work('ours'), work('bare'))
      figures.push(ratioFigure(found, { what: `${what} through the API server, mode aggregated, beside mode policy`, unit: '/s', wanted }))
    }
    const n = secrets.toLocaleString('en')
    onStep(`a refresh of ${n} Secrets in both modes`)
    for (const { client } of Object.values(beds)) await perSecond(secrets, concurrency, at => create(client, refreshed, `due-${at}`))
    const found = await pairs(count, refreshing('ours'), refreshing('bare'))
    const what = `refresh of ${n} Secrets, mode aggregated, beside mode policy`
    figures.push(ratioFigure(found, { what, unit: 's', wanted: { atMost: 1.3 } }))
    return figures
  } finally {
    for (const stop of stops) await stop()
  }
}
