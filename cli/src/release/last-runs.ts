import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import * as z from 'zod'
import type { Cluster } from '../cluster/cluster.ts'
import { type CronJob, releaseLabel } from './cron-jobs.ts'

/** How the latest run of a CronJob ended. */
export interface LastRun {
  /** The part of the product, such as `refresh`. */
  name: string
  namespace: string
  schedule: string
  suspended: boolean
  /** When the CronJob was created, RFC 3339. */
  createdAt?: string
  /** When the latest run started, RFC 3339. */
  startedAt?: string
  result: 'succeeded' | 'failed' | 'running' | 'none'
  /** Why the latest run failed: the last line that it wrote. */
  cause?: string
  /** RFC 3339. */
  lastSuccessAt?: string
}

const conditions = z.array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() })).nullish()
const owners = z.array(z.object({ uid: z.string() })).nullish()

const jobItem = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string(), creationTimestamp: z.string(), ownerReferences: owners }),
  status: z.object({ conditions, startTime: z.string().optional() }).prefault({}),
})
type Job = z.output<typeof jobItem>

const containerState = z.object({ terminated: z.object({ exitCode: z.number(), message: z.string().optional() }).optional() })
const podItem = z.object({
  metadata: z.object({ ownerReferences: owners, creationTimestamp: z.string() }),
  status: z.object({ containerStatuses: z.array(z.object({ state: containerState.prefault({}) })).nullish() }).prefault({}),
})
type Pod = z.output<typeof podItem>

const jobForm: ListForm<Job> = { item: jobItem, metadataOnly: false }
const podForm: ListForm<Pod> = { item: podItem, metadataOnly: false }
const selectors = { labelSelector: releaseLabel }

/** The latest run of each CronJob of the release. @throws what listing throws */
export async function lastRuns({ list }: Pick<Cluster, 'list'>, cronJobs: readonly CronJob[]): Promise<LastRun[]> {
  const namespaces = [...new Set(cronJobs.map(({ metadata }) => metadata.namespace))]
  const ofNamespace = async (namespace: string) => {
    const [jobs, pods] = await Promise.all([
      list({ apiVersion: 'batch/v1', kind: 'Job', namespace }, jobForm, selectors),
      list({ apiVersion: 'v1', kind: 'Pod', namespace }, podForm, selectors),
    ])
    return cronJobs.filter(({ metadata }) => metadata.namespace === namespace).map(cronJob => lastRun(cronJob, jobs, pods))
  }
  return (await Promise.all(namespaces.map(ofNamespace))).flat()
}

/** The latest run of a CronJob, among all Jobs and pods of its namespace. */
export function lastRun({ metadata, spec, status }: CronJob, jobs: readonly Job[], pods: readonly Pod[]): LastRun {
  const job = newest(jobs.filter(isOwnedBy(metadata.uid)))
  const result = job === undefined ? 'none' : resultOf(job)
  const startedAt = job?.status.startTime ?? job?.metadata.creationTimestamp ?? status.lastScheduleTime ?? undefined
  const cause = result === 'failed' && job !== undefined ? causeOf(job, pods) : undefined
  return {
    name: metadata.name.replace(/^ecr-anywhere-/, ''),
    namespace: metadata.namespace,
    schedule: spec.schedule,
    suspended: spec.suspend === true,
    ...(metadata.creationTimestamp !== undefined && { createdAt: metadata.creationTimestamp }),
    ...(startedAt !== undefined && { startedAt }),
    result,
    ...(cause !== undefined && { cause }),
    ...(status.lastSuccessfulTime && { lastSuccessAt: status.lastSuccessfulTime }),
  }
}

function resultOf({ status }: Job): LastRun['result'] {
  const has = (type: string) => status.conditions?.some(one => one.type === type && one.status === 'True') === true
  if (has('Failed')) return 'failed'
  return has('Complete') ? 'succeeded' : 'running'
}

/** The termination message of the newest pod that failed, which is the last line of its log; otherwise the message of the Job. */
function causeOf(job: Job, pods: readonly Pod[]): string | undefined {
  const ended = pods.filter(isOwnedBy(job.metadata.uid)).filter(pod => messageOf(pod) !== undefined)
  const message = messageOf(newest(ended)) ?? job.status.conditions?.find(({ type }) => type === 'Failed')?.message
  return message?.trim().split('\n').at(-1)
}

function messageOf(pod: Pod | undefined): string | undefined {
  const states = pod?.status.containerStatuses?.map(({ state }) => state.terminated) ?? []
  return states.find(one => one !== undefined && one.exitCode !== 0)?.message
}

function isOwnedBy(uid: string) {
  return ({ metadata }: { metadata: { ownerReferences?: readonly { uid: string }[] | null | undefined } }) =>
    metadata.ownerReferences?.some(owner => owner.uid === uid) === true
}

function newest<T extends { metadata: { creationTimestamp: string } }>(objects: readonly T[]): T | undefined {
  const atMs = (one: T) => parseTime(one.metadata.creationTimestamp) ?? 0
  return objects.reduce<T | undefined>((best, one) => (best === undefined || atMs(one) > atMs(best) ? one : best), undefined)
}
