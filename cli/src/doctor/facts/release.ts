import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import { type ObjectMeta, objectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { isForbidden } from '../../cluster/denied.ts'
import { type CronJob, listCronJobs, releaseLabel, usualNamespace } from '../../release/cron-jobs.ts'
import { type LastRun, lastRuns } from '../../release/last-runs.ts'
import { missing } from '../check.ts'

/** The objects of the chart that are in the namespace of the release. */
export interface Release {
  namespace: string
  /** The version of the chart's application; undefined if no object has a label with it. */
  version: string | undefined
  cronJobs: CronJob[]
  /** As `Kind/name`. */
  objects: string[]
  /** All namespaces with objects of the chart. There should be one. */
  namespaces: string[]
}

const kinds = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'ServiceAccount' },
]
const form: ListForm<ObjectMeta> = { item: objectMeta, metadataOnly: true }
const versionLabel = 'app.kubernetes.io/version'

/**
 * Finds the objects of the release by their labels.
 *
 * @param namespace that of the release; if undefined, the whole cluster is searched, or, without the right to do so, the usual namespace
 * @throws Fault `MissingPrerequisite` if there is none, `Forbidden`
 */
export async function findRelease(cluster: Cluster, namespace: string | undefined): Promise<Release> {
  try {
    return await releaseIn(cluster, namespace)
  } catch (error) {
    if (namespace !== undefined || !isForbidden(error)) throw error
    return releaseIn(cluster, usualNamespace)
  }
}

async function releaseIn(cluster: Cluster, namespace: string | undefined): Promise<Release> {
  const [cronJobs, ...lists] = await Promise.all([
    listCronJobs(cluster, namespace),
    ...kinds.map(async set => ({
      kind: set.kind,
      found: await cluster.list({ ...set, namespace }, form, { labelSelector: releaseLabel }),
    })),
  ])
  const all = [
    ...cronJobs.map(({ metadata }) => ({
      kind: 'CronJob',
      namespace: metadata.namespace,
      name: metadata.name,
      labels: metadata.labels ?? {},
    })),
    ...lists.flatMap(({ kind, found }) => found.map(meta => ({ kind, ...meta }))),
  ]
  // ConfigMaps with dashboards and the like may be elsewhere, and users may label objects of their own.
  const own = all.filter(({ name }) => name.startsWith('ecr-anywhere-'))
  const [first] = own
  if (first === undefined) throw missing('a release of ECR Anywhere')
  const here = own.filter(one => one.namespace === first.namespace)
  return {
    namespace: first.namespace,
    version: here.find(({ labels }) => labels[versionLabel] !== undefined)?.labels[versionLabel],
    cronJobs: cronJobs.filter(({ metadata }) => metadata.namespace === first.namespace),
    objects: here.map(({ kind, name }) => `${kind}/${name}`),
    namespaces: [...new Set(own.map(one => one.namespace))],
  }
}

export function releaseRuns(cluster: Cluster, { cronJobs }: Release): Promise<LastRun[]> {
  return lastRuns(cluster, cronJobs)
}
