import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import type { Pod } from '@ecr-anywhere/shared/kube/pod.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import * as z from 'zod'
import type { Cluster } from '../cluster/cluster.ts'

const item = z.object({
  reason: z.string().default(''),
  message: z.string().default(''),
  type: z.string().default(''),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  metadata: z.object({ creationTimestamp: z.string() }),
})

export type PodEvent = z.output<typeof item>

const form: ListForm<PodEvent> = { item, metadataOnly: false }

/** The warnings about a pod, the newest first. @throws what listing throws */
export async function podWarnings(
  { list }: Pick<Cluster, 'list'>,
  { namespace, name, uid }: Pick<Pod, 'namespace' | 'name' | 'uid'>,
): Promise<PodEvent[]> {
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${name},involvedObject.uid=${uid},type=Warning`
  const events = await list({ apiVersion: 'v1', kind: 'Event', namespace }, form, { fieldSelector })
  return events.sort((a, b) => timeOf(b) - timeOf(a))
}

function timeOf({ lastTimestamp, eventTime, metadata }: PodEvent): number {
  return parseTime(lastTimestamp ?? eventTime ?? metadata.creationTimestamp) ?? 0
}
