import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import { type ObjectMeta, objectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import type { Cluster } from '../../cluster/cluster.ts'

export interface NamespaceFacts {
  all: string[]
  /** The enabled ones that are not being deleted, with the value of their label. */
  enabled: { name: string; value: string }[]
}

const form: ListForm<ObjectMeta> = { item: objectMeta, metadataOnly: true }

export async function namespaceFacts({ list }: Pick<Cluster, 'list'>): Promise<NamespaceFacts> {
  const found = await list({ apiVersion: 'v1', kind: 'Namespace' }, form)
  const enabled = found
    .filter(({ isBeingDeleted }) => !isBeingDeleted)
    .map(({ name, labels: own }) => ({ name, value: own[labels.namespace] ?? '' }))
    .filter(({ value }) => value !== '')
  return { all: found.map(({ name }) => name), enabled }
}
