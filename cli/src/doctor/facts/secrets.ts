import { parseDuration } from '@ecr-anywhere/shared/duration.ts'
import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import { type ObjectMeta, objectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { type CronJob, variableOf } from '../../release/cron-jobs.ts'
import { type ManagedSecret, managed, managedSecret, secretForm, secrets } from '../../status/managed-secret.ts'

/** Secrets by their metadata. Their data is never requested. */
export interface SecretFacts {
  managed: ManagedSecret[]
  /** Secrets whose label `managed` has another value than `true` or `false`, which has no effect. */
  misspelt: { namespace: string; name: string; value: string }[]
  /** Image pull secrets without the label. */
  unmanaged: { namespace: string; name: string }[]
}

const form: ListForm<ObjectMeta> = { item: objectMeta, metadataOnly: true }
const defaultRefreshBeforeMs = 6 * 3_600_000

export async function secretFacts(
  { list, pages }: Pick<Cluster, 'list' | 'pages'>,
  { nowMs, cronJobs }: { nowMs: number; cronJobs: readonly CronJob[] },
): Promise<SecretFacts> {
  const refresh = cronJobs.find(({ metadata }) => metadata.name === 'ecr-anywhere-refresh')
  const refreshBeforeMs = parseDuration((refresh && variableOf(refresh, 'REFRESH_BEFORE')) ?? '') ?? defaultRefreshBeforeMs
  const found: ManagedSecret[] = []
  const readManaged = async () => {
    for await (const page of pages(secrets, secretForm, { labelSelector: managed }))
      for (const one of page) found.push(managedSecret(one, { nowMs, refreshBeforeMs }))
  }
  const [misspelt, unmanaged] = await Promise.all([
    list(secrets, form, { labelSelector: `${labels.managed},${labels.managed} notin (true,false)` }),
    list(secrets, form, { labelSelector: `!${labels.managed}`, fieldSelector: 'type=kubernetes.io/dockerconfigjson' }),
    readManaged(),
  ])
  return {
    managed: found,
    misspelt: misspelt.map(({ namespace, name, labels: own }) => ({ namespace, name, value: own[labels.managed] ?? '' })),
    unmanaged: unmanaged.map(({ namespace, name }) => ({ namespace, name })),
  }
}
