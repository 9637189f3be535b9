import { writeFile } from 'node:fs/promises'
import type https from 'node:https'
import { join } from 'node:path'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { secretsPath } from '../testbed/api-user.ts'
import type { Bed } from './bed.ts'
import type { Figure } from './figures.ts'
import { median, type Pair, ratioFigure } from './pairs.ts'
import { type Ended, timed } from './processes.ts'
import { clientOf, create, perSecond } from './writes.ts'

const namespace = 'bench-refreshed'

export interface RefreshOptions {
  pairs: number
  secrets: number
  concurrency: number
  onStep: (what: string) => void
}

/**
 * Measures a refresh of many Secrets with its start-up, touches of the same Secrets by a bare client, and a run that finds none due. New
 * Secrets are not due, so `--force` is used, which does the same work.
 */
export async function refreshes(one: Bed, { pairs: count, secrets, concurrency, onStep }: RefreshOptions): Promise<Figure[]> {
  const { bed, cluster, program } = one
  onStep(`making ${secrets} Secrets`)
  // Other measurements leave Secrets in the namespaces that they share.
  await bed.namespace(namespace)
  const client = await clientOf(cluster.kubeconfig, concurrency)
  await perSecond(secrets, concurrency, at => create(client, namespace, `due-${at}`))
  client.close()
  const bareArgs = await bareTouches(one, { secrets, concurrency })
  const env = { KUBECONFIG: cluster.kubeconfig, REFRESH_CONCURRENCY: String(concurrency) }
  const refresh = (...args: string[]) => timed([...program, 'refresh', ...args, '--namespace', namespace, '--output', 'json'], env)

  const found: Pair[] = []
  const idle: number[] = []
  let calls = 0
  let peakMb = 0
  for (let at = 0; at < count; at += 1) {
    onStep(`refresh of ${secrets} Secrets, pair ${at + 1} of ${count}`)
    // A webhook without a cached token injects new credentials into each touched Secret.
    await bed.restartWebhook()
    const bare = ended(await timed(bareArgs))
    bed.emulator.resetCalls()
    await bed.restartWebhook()
    const ours = renewedAll(await refresh('--force'), secrets)
    calls = Math.max(calls, bed.emulator.calls().counts['ecr.GetAuthorizationToken.us-east-1'] ?? 0)
    peakMb = Math.max(peakMb, ours.peakMb)
    found.push({ ours: secrets / ours.seconds, bare: secrets / bare.seconds })
    const none = ended(await refresh())
    if (JSON.parse(none.stdout).refreshed !== 0) throw new Error('a second run refreshed something')
    idle.push(none.seconds)
  }
  const n = secrets.toLocaleString('en')
  return [
    ratioFigure(found, { what: `refresh of ${n} due Secrets, start-up included`, unit: '/s', wanted: { atLeast: 0.9 } }),
    plain({ what: `a run that finds ${n} not due`, unit: 's', ours: median(idle), wanted: { atMost: 3 } }),
    plain({ what: `AWS calls for that refresh of ${n}`, unit: 'calls', ours: calls, wanted: { atMost: 1 } }),
    plain({ what: `peak memory of that refresher`, unit: 'MB', ours: peakMb, wanted: { atMost: 150 } }),
  ]
}

export function plain(figure: Omit<Figure, 'value'>): Figure {
  return { ...figure, value: figure.ours }
}

export function ended(run: Ended): Ended {
  if (run.code !== 0) throw new Error(`a program ended with exit code ${run.code}:\n${run.stderr}\n${run.stdout}`)
  return run
}

/** @returns a run of the refresher @throws if it did not renew this number of Secrets */
export function renewedAll(run: Ended, secrets: number): Ended {
  const { refreshed, failed } = JSON.parse(ended(run).stdout)
  if (refreshed !== secrets || failed > 0) throw new Error(`refreshed ${refreshed} of ${secrets}, failed ${failed}`)
  return run
}

async function bareTouches({ bed, cluster }: Bed, { secrets, concurrency }: { secrets: number; concurrency: number }) {
  const [names, tls] = [join(bed.dir, 'names.json'), join(bed.dir, 'tls.json')]
  const options: https.RequestOptions = {}
  await loadKubeConfig().applyToHTTPSOptions(options)
  const text = (value: unknown) => String(value)
  await writeFile(tls, JSON.stringify({ ca: text(options.ca), cert: text(options.cert), key: text(options.key) }), { mode: 0o600 })
  await writeFile(names, JSON.stringify(Array.from({ length: secrets }, (_, at) => secretsPath(namespace, `due-${at}`))))
  const file = join(import.meta.dirname, 'bare-touches.ts')
  return [file, '--server', cluster.url, '--tls', tls, '--names', names, '--concurrency', String(concurrency)]
}
