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

/** A managed Secret as its user writes it; without data unless some is given. */
export function managedSecret({ namespace, name, type = dockerConfigJson, annotations = {}, finalizers, ...rest }: ManagedSecretOptions) {
  const { labels: more = {}, ...content } = rest
  const metadata = { namespace, name, labels: { [labels.managed]: 'true', ...more }, annotations, ...(finalizers && { finalizers }) }
  return { apiVersion: 'v1', kind: 'Secret', type, metadata, ...content }
}

/** Objects as kubectl reads them on stdin. */
export function manifests(...objects: object[]): { input: string } {
  return { input: objects.map(one => JSON.stringify(one)).join('\n') }
}
