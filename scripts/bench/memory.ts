import { secretsPath } from '../testbed/api-user.ts'
import { type Bed, managedSecret } from './bed.ts'
import type { Figure } from './figures.ts'
import { timed } from './processes.ts'
import { ended, plain } from './refreshes.ts'
import { clientOf, perSecond } from './writes.ts'

export interface MemoryOptions {
  /** The number of small Secrets, and of large ones of 900 kB. */
  small: number
  large: number
  concurrency: number
  onStep: (what: string) => void
}

/** The size of a large Secret. The API server accepts 1 MiB at most. */
const largeBytes = 900_000

/** Measures the peak memory of a refresher with many Secrets, and with large ones, whose data it does not read. */
export async function refresherMemory({ cluster, bed, program }: Bed, options: MemoryOptions): Promise<Figure[]> {
  const client = await clientOf(cluster.kubeconfig, options.concurrency)
  const figures: Figure[] = []
  for (const [kind, count, bytes] of [
    ['of usual size', options.small, 0],
    ['of 900 kB', options.large, largeBytes],
  ] as const) {
    const namespace = `bench-memory-${bytes}`
    options.onStep(`making ${count} Secrets ${kind}`)
    // The namespace is not enabled, so the Secrets are stored unchanged and are due.
    await bed.namespace(namespace, 'unknown')
    const filling = Buffer.from(JSON.stringify({ auths: {}, filling: 'x'.repeat(bytes) })).toString('base64')
    await perSecond(count, options.concurrency, async at => {
      const body = JSON.stringify({ ...managedSecret(namespace, `secret-${at}`), data: { '.dockerconfigjson': filling } })
      const { status } = await client.request({ method: 'POST', path: secretsPath(namespace), body })
      if (status !== 201) throw new Error(`the API server answered ${status}`)
    })
    const run = ended(
      await timed([...program, 'refresh', '--dry-run', '--namespace', namespace, '--output', 'json'], { KUBECONFIG: cluster.kubeconfig }),
    )
    figures.push(
      plain({
        what: `peak memory of a refresher that finds ${count.toLocaleString('en')} due Secrets ${kind}`,
        unit: 'MB',
        ours: run.peakMb,
        wanted: { atMost: 150 },
      }),
    )
  }
  client.close()
  return figures
}
