import type { Cluster } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'

/** What the tests read of an Event. */
export interface EventItem {
  involvedObject: { kind: string; name: string }
  type: string
  reason: string
  message: string
}

export async function eventsIn({ kubectl }: Cluster, namespace: string): Promise<EventItem[]> {
  return JSON.parse(await must(kubectl('get', 'events', '-n', namespace, '-o', 'json'))).items
}
