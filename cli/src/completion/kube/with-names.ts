import { sentence } from '@ecr-anywhere/shared/fault.ts'
import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { objectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import type { ObjectSet } from '@ecr-anywhere/shared/kube/path.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { isForbidden } from '../../cluster/denied.ts'
import { openCluster } from '../../cluster/kube/open-cluster.ts'
import type { Completion, WantedNames } from '../candidates.ts'

/** Whoever has pressed Tab does not wait for longer. */
const deadlineMs = 3_000

/**
 * The completion with the names that the kubeconfig or the cluster knows. It reads only metadata. If they cannot be had, there are none, and
 * the reason is written to stderr, which the scripts of the shells hide.
 */
export async function withNames(wanted: WantedNames): Promise<Completion> {
  try {
    const names = (await namesFor(wanted)).filter(name => name.startsWith(wanted.current))
    return { candidates: names.sort().map(name => ({ word: `${wanted.prefix}${name}`, about: '' })), files: false }
  } catch (error) {
    process.stderr.write(`ecr-anywhere: ${sentence(error)}\n`)
    return { candidates: [], files: false }
  }
}

async function namesFor({ of, context, kubeconfig: file, namespace }: WantedNames): Promise<string[]> {
  if (of === 'contexts')
    return loadKubeConfig({ file })
      .getContexts()
      .map(({ name }) => name)
  const cluster = await openCluster({ file, context })
  // Requests that have no answer yet fail when their connections are closed.
  const deadline = setTimeout(cluster.close, deadlineMs)
  try {
    if (of === 'namespaces') return (await listed(cluster, { apiVersion: 'v1', kind: 'Namespace' })).map(({ name }) => name)
    return await targets(cluster, namespace ?? cluster.namespace)
  } finally {
    clearTimeout(deadline)
    cluster.close()
  }
}

/** The managed Secrets of the cluster, or of the namespace if the user may not list the others; and the pods of the namespace. */
async function targets(cluster: Cluster, namespace: string): Promise<string[]> {
  const managed = (of: string | undefined) =>
    listed(cluster, { apiVersion: 'v1', kind: 'Secret', namespace: of }, { labelSelector: `${labels.managed}=true` })
  const [secrets, pods] = await Promise.all([
    managed(undefined).catch(otherwise(() => managed(namespace))),
    listed(cluster, { apiVersion: 'v1', kind: 'Pod', namespace }).catch(otherwise(async () => [])),
  ])
  return [...secrets.map(secret => `${secret.namespace}/${secret.name}`), ...pods.map(({ name }) => `pod/${name}`)]
}

/** What a user gets who has not the right to the first choice. */
function otherwise<T>(second: () => Promise<T>) {
  return (error: unknown) => (isForbidden(error) ? second() : Promise.reject(error))
}

function listed(cluster: Cluster, set: ObjectSet, selectors = {}) {
  return cluster.list(set, { item: objectMeta, metadataOnly: true }, selectors)
}
