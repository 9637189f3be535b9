import { labels } from '@ecr-anywhere/shared/names.ts'

export const dockerConfigJson = 'kubernetes.io/dockerconfigjson'

export interface ManagedSecretOptions {
  namespace: string
  name: string
  type?: string
  annotations?: Record<string, string>
  labels?: Record<string, string>
  finalizers?: string[]
  immutable?: boolean
  data?: Record<string, string>
  stringData?: Record<string, string>
}

/** A managed Secret as a user writes it. By default it has no data. */
export function managedSecret({ namespace, name, type = dockerConfigJson, annotations = {}, finalizers, ...rest }: ManagedSecretOptions) {
  const { labels: more = {}, ...content } = rest
  const metadata = { namespace, name, labels: { [labels.managed]: 'true', ...more }, annotations, ...(finalizers && { finalizers }) }
  return { apiVersion: 'v1', kind: 'Secret', type, metadata, ...content }
}

/** Objects in the format for the stdin of kubectl. */
export function manifests(...objects: object[]): { input: string } {
  return { input: objects.map(one => JSON.stringify(one)).join('\n') }
}
