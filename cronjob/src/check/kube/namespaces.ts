import type { KubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { listMetadata, type ObjectMeta, toMeta } from '@ecr-anywhere/shared/kube/metadata.ts'
import { getObject } from '@ecr-anywhere/shared/kube/objects.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'

export interface LabelledNamespace {
  name: string
  /** Of the label. */
  value: string
}

/**
 * The namespaces that have our label, but for those that are being deleted: nothing can be made there.
 *
 * @param names where the account may get these only; undefined where it may list all
 */
export async function labelledNamespaces(send: KubeClient['request'], names: readonly string[] | undefined): Promise<LabelledNamespace[]> {
  const found = await (names === undefined ? listed(send) : named(send, names))
  return found
    .filter(({ isBeingDeleted }) => !isBeingDeleted)
    .map(({ name, labels: all }) => ({ name, value: all[labels.namespace] ?? '' }))
    .filter(({ value }) => value !== '')
}

async function listed(send: KubeClient['request']): Promise<ObjectMeta[]> {
  return (await Array.fromAsync(listMetadata(send, { path: '/api/v1/namespaces', labelSelector: labels.namespace }))).flat()
}

async function named(send: KubeClient['request'], names: readonly string[]): Promise<ObjectMeta[]> {
  const found = await Promise.all(names.map(name => getObject(send, `/api/v1/namespaces/${name}`)))
  return found.filter(object => object !== undefined).map(toMeta)
}
