import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { objectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'

export interface LabelledNamespace {
  name: string
  /** The value of the namespace label. */
  value: string
}

const all = { apiVersion: 'v1', kind: 'Namespace' }

/**
 * The namespaces that have the namespace label, except those that are being deleted, in which nothing can be created.
 *
 * @param names the only namespaces that the account may get; undefined if it may list all
 */
export async function labelledNamespaces(kubernetes: Kubernetes, names: readonly string[] | undefined): Promise<LabelledNamespace[]> {
  const found =
    names === undefined
      ? (await Array.fromAsync(kubernetes.list(all, { labelSelector: labels.namespace }))).flat()
      : await Promise.all(names.map(name => kubernetes.get({ ...all, name }, objectMeta)))
  return found
    .filter(meta => meta !== undefined)
    .filter(({ isBeingDeleted }) => !isBeingDeleted)
    .map(({ name, labels: own }) => ({ name, value: own[labels.namespace] ?? '' }))
    .filter(({ value }) => value !== '')
}
