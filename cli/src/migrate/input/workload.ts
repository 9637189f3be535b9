import * as z from 'zod'
import { type InputObject, titleOf } from './input.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const reference = z.object({ name: scalar, key: scalar })
const envVar = z.object({
  name: z.string(),
  value: scalar.nullish(),
  valueFrom: z.object({ secretKeyRef: reference.nullish(), configMapKeyRef: reference.nullish() }).nullish(),
})
const container = z.object({
  name: z.string().default(''),
  image: z.string().default(''),
  command: z.array(scalar).nullish(),
  args: z.array(scalar).nullish(),
  env: z.array(envVar).nullish(),
  envFrom: z
    .array(z.object({ secretRef: z.object({ name: scalar }).nullish(), configMapRef: z.object({ name: scalar }).nullish() }))
    .nullish(),
})
const podSpec = z.object({
  containers: z.array(container),
  serviceAccountName: z.string().nullish(),
})

export type Container = z.output<typeof container>

/** An object that runs containers. */
export interface Workload {
  object: InputObject
  title: string
  containers: readonly Container[]
  /** Of its pods; `default` if they name none. */
  serviceAccount: string
  /** The labels by which it selects its pods, if it does so by labels alone. */
  podLabels: Readonly<Record<string, string>> | undefined
}

/** The workload that an object is; undefined if it runs no containers. Pods of Cloud Run services and jobs are found as well. */
export function workloadOf(object: InputObject): Workload | undefined {
  const spec = object.body.spec
  const pod = podPaths.map(path => podSpec.safeParse(path.reduce(field, spec))).find(({ success }) => success)?.data
  if (pod === undefined) return undefined
  const selector = field(spec, 'selector')
  // The selector of a ReplicationController is the labels.
  const labels = z
    .record(z.string(), z.string())
    .safeParse(object.kind === 'ReplicationController' ? selector : field(selector, 'matchLabels')).data
  return {
    object,
    title: titleOf(object),
    containers: pod.containers,
    serviceAccount: pod.serviceAccountName || 'default',
    podLabels: labels,
  }
}

/** Of a CronJob, of a Cloud Run job, of a Deployment and its like, and of a Pod. */
const podPaths = [['jobTemplate', 'spec', 'template', 'spec'], ['template', 'spec', 'template', 'spec'], ['template', 'spec'], []]

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}
