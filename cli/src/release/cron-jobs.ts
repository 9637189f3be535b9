import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import * as z from 'zod'
import type { Cluster } from '../cluster/cluster.ts'
import { isForbidden } from '../cluster/denied.ts'

const time = z.string().nullish()
const env = z.array(z.object({ name: z.string(), value: z.string().optional() })).nullish()
const template = z.object({ spec: z.object({ containers: z.array(z.object({ name: z.string(), env })) }) })

const item = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    creationTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z.object({
    schedule: z.string(),
    suspend: z.boolean().nullish(),
    jobTemplate: z.object({ spec: z.object({ template }) }),
  }),
  status: z.object({ lastScheduleTime: time, lastSuccessfulTime: time, active: z.array(z.unknown()).nullish() }).prefault({}),
})

export type CronJob = z.output<typeof item>

export const releaseLabel = 'app.kubernetes.io/name=ecr-anywhere'
/** The namespace that the documentation installs into. */
export const usualNamespace = 'ecr-anywhere'

const form: ListForm<CronJob> = { item, metadataOnly: false }

/**
 * The CronJobs of the release: `ecr-anywhere-refresh`, `ecr-anywhere-certs` and those of optional parts.
 *
 * @param namespace that of the release; if undefined, the whole cluster is searched, or, without the right to do so, the usual namespace
 * @throws Fault `Forbidden`, and every other error of the API server
 */
export async function releaseCronJobs(cluster: Pick<Cluster, 'list'>, namespace: string | undefined): Promise<CronJob[]> {
  try {
    return await listCronJobs(cluster, namespace)
  } catch (error) {
    if (namespace !== undefined || !isForbidden(error)) throw error
    return listCronJobs(cluster, usualNamespace)
  }
}

/** @param namespace undefined for all */
export function listCronJobs({ list }: Pick<Cluster, 'list'>, namespace: string | undefined): Promise<CronJob[]> {
  return list({ apiVersion: 'batch/v1', kind: 'CronJob', namespace }, form, { labelSelector: releaseLabel })
}

/** A variable of the container of a CronJob. */
export function variableOf({ spec }: CronJob, name: string): string | undefined {
  const [container] = spec.jobTemplate.spec.template.spec.containers
  return container?.env?.find(one => one.name === name)?.value
}
