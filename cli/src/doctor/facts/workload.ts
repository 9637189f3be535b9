import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import * as z from 'zod'
import type { Cluster } from '../../cluster/cluster.ts'
import { releaseLabel } from '../../release/cron-jobs.ts'
import type { Release } from './release.ts'

const conditions = z
  .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
  .nullish()
  .transform(all => all ?? [])
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform(all => all ?? {})

const deployment = z.object({
  spec: z.object({
    replicas: z.number().default(1),
    template: z.object({ spec: z.object({ serviceAccountName: z.string().optional() }) }),
  }),
  status: z.object({ readyReplicas: z.number().default(0), updatedReplicas: z.number().default(0), conditions }).prefault({}),
})
export type Deployment = z.output<typeof deployment>

const state = z.object({
  waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(),
  terminated: z.object({ exitCode: z.number(), message: z.string().default('') }).optional(),
})
const webhookPod = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string(), labels, deletionTimestamp: z.string().optional() }),
  spec: z.object({
    containers: z.array(
      z.object({ name: z.string(), ports: z.array(z.object({ name: z.string().default(''), containerPort: z.number() })).nullish() }),
    ),
  }),
  status: z
    .object({
      phase: z.string().default(''),
      conditions,
      containerStatuses: z.array(z.object({ name: z.string(), state: state.prefault({}), lastState: state.prefault({}) })).nullish(),
    })
    .prefault({}),
})
export type WebhookPod = z.output<typeof webhookPod>

const endpointSlice = z.object({
  endpoints: z
    .array(z.object({ conditions: z.object({ ready: z.boolean().nullish() }).prefault({}) }))
    .nullish()
    .transform(all => all ?? []),
})
type EndpointSlice = z.output<typeof endpointSlice>

/** The webhook as a workload: its Deployment, its pods, and the endpoints of its Service. */
export interface Workload {
  deployment: Deployment | undefined
  pods: WebhookPod[]
  readyEndpoints: number
}

const podForm: ListForm<WebhookPod> = { item: webhookPod, metadataOnly: false }
const sliceForm: ListForm<EndpointSlice> = { item: endpointSlice, metadataOnly: false }

export async function workloadFacts({ get, list }: Pick<Cluster, 'get' | 'list'>, { namespace }: Release): Promise<Workload> {
  const name = 'ecr-anywhere-webhook'
  const [found, pods, slices] = await Promise.all([
    get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name }, deployment),
    list({ apiVersion: 'v1', kind: 'Pod', namespace }, podForm, { labelSelector: `${releaseLabel},app.kubernetes.io/component=webhook` }),
    list({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace }, sliceForm, {
      labelSelector: `kubernetes.io/service-name=${name}`,
    }),
  ])
  const readyEndpoints = slices.flatMap(({ endpoints }) => endpoints).filter(({ conditions }) => conditions.ready !== false).length
  return { deployment: found, pods: pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined), readyEndpoints }
}

export function isReady({ status }: Pick<WebhookPod, 'status'>): boolean {
  return status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True')
}

/** The number of a named port of the webhook's container. */
export function portOf({ spec }: Pick<WebhookPod, 'spec'>, name: 'https' | 'metrics'): number | undefined {
  return spec.containers.flatMap(({ ports }) => ports ?? []).find(port => port.name === name)?.containerPort
}
