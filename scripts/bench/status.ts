import { createAll, filledSecret, pullingPod } from '../testbed/bulk.ts'
import { type Bed, namespaces } from './bed.ts'
import type { Figure } from './figures.ts'
import { timed } from './processes.ts'
import { ended, plain } from './refreshes.ts'

/** Measures `status` with the pods that use the Secrets, from the bundle. The bounds are those of `docs/operations.md`. */
export async function statusOfMany({ cluster, bed, program }: Bed, { secrets: count }: { secrets: number }): Promise<Figure[]> {
  const namespace = 'bench-status'
  await bed.namespace(namespace, namespaces.none)
  const numbers = Array.from({ length: count }, (_, at) => at)
  const nowMs = Date.now()
  await createAll(
    cluster.kubeconfig,
    numbers.map(at => filledSecret(namespace, `pull-${at}`, nowMs)),
  )
  await createAll(
    cluster.kubeconfig,
    numbers.map(at => pullingPod(namespace, `pod-${at}`, `pull-${at}`)),
  )
  const args = [...program, 'status', '--namespace', namespace, '--output', 'json']
  const { seconds, peakMb, stdout } = ended(await timed(args, { KUBECONFIG: cluster.kubeconfig }))
  const found: unknown[] = JSON.parse(stdout).secrets
  if (found.length !== count) throw new Error(`status showed ${found.length} of ${count} Secrets`)
  const of = `status of ${count.toLocaleString('en')} Secrets and as many pods`
  return [
    plain({ what: of, unit: 's', ours: seconds, wanted: { atMost: 3 } }),
    plain({ what: `peak memory of ${of}`, unit: 'MB', ours: peakMb, wanted: { atMost: 200 } }),
  ]
}
