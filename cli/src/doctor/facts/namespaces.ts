import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import { type ObjectMeta, objectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import type { Cluster } from '../../cluster/cluster.ts'

export interface EnabledNamespace {
  name: string
  /** The value of its label. */
  value: string
  /** The image pull secret that its annotation names. */
  pullSecret?: string
  /** False if its pods opt out of image pull secrets. */
  isAttachedTo: boolean
}

export interface NamespaceFacts {
  all: string[]
  /** The enabled ones that are not being deleted. */
  enabled: EnabledNamespace[]
}

const form: ListForm<ObjectMeta> = { item: objectMeta, metadataOnly: true }

export async function namespaceFacts({ list }: Pick<Cluster, 'list'>): Promise<NamespaceFacts> {
  const found = await list({ apiVersion: 'v1', kind: 'Namespace' }, form)
  const enabled = found
    .filter(({ isBeingDeleted }) => !isBeingDeleted)
    .map(enabledNamespace)
    .filter(({ value }) => value !== '')
  return { all: found.map(({ name }) => name), enabled }
}

function enabledNamespace({ name, labels: own, annotations: notes }: ObjectMeta): EnabledNamespace {
  const pullSecret = notes[annotations.pullSecret]
  return {
    name,
    value: own[labels.namespace] ?? '',
    ...(pullSecret !== undefined && { pullSecret }),
    isAttachedTo: own[labels.attach] !== 'false',
  }
}
