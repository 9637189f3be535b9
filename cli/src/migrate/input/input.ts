import type { Problem } from '../problem.ts'

/** An object of Kubernetes, or of Cloud Run. */
export interface InputObject {
  apiVersion: string
  kind: string
  /** Empty for objects of the cluster. */
  namespace: string
  name: string
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  /** `KIND/NAME` of the owners. */
  owners: readonly string[]
  /** All of it. For a Secret only its metadata: its content is dropped where it is read. */
  body: Readonly<Record<string, unknown>>
}

/** Everything that was given, by a file or by a cluster. */
export interface Input {
  objects: readonly InputObject[]
  /** Documents that are no objects of Kubernetes, such as values of a chart. */
  documents: readonly Readonly<Record<string, unknown>>[]
  /** Variables, from a file of lines `NAME=value`. */
  variables: Readonly<Record<string, string>>
  problems: readonly Problem[]
  /** Whether the objects are all of those kinds that the cluster has. */
  isCluster: boolean
}

/** For messages, such as `CronJob default/renew`. */
export function titleOf({ kind, namespace, name }: Pick<InputObject, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}

export function ofKind({ objects }: Pick<Input, 'objects'>, ...kinds: string[]): InputObject[] {
  return objects.filter(({ kind }) => kinds.includes(kind))
}
