import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { type ListForm, listPages, type Selectors } from '@ecr-anywhere/shared/kube/list.ts'
import type { ObjectKey, ObjectSet } from '@ecr-anywhere/shared/kube/path.ts'
import type { KubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import type * as z from 'zod'

/** A cluster as the user of a kubeconfig sees it. All methods throw Fault `transient`. */
export interface Cluster {
  /** The name of the context. */
  context: string
  /** The namespace of the context. */
  namespace: string
  /** The address of the API server. */
  server: string
  request: KubeTransport['request']
  /** @returns the object, parsed with the schema, or undefined if it does not exist */
  get: <T>(key: ObjectKey, schema: z.ZodType<T>) => Promise<T | undefined>
  /** Lists all objects of a set, page by page. */
  pages: <T>(set: ObjectSet, form: ListForm<T>, selectors?: Selectors) => AsyncGenerator<T[]>
  /** Lists all objects of a set that is not large. */
  list: <T>(set: ObjectSet, form: ListForm<T>, selectors?: Selectors) => Promise<T[]>
}

export function clusterOf(place: Pick<Cluster, 'context' | 'namespace' | 'server' | 'request'>): Cluster {
  const { request } = place
  const pages: Cluster['pages'] = (set, form, selectors = {}) => listPages(request, { set, selectors, ...form })
  return {
    ...place,
    get: kubernetes({ request }).get,
    pages,
    list: async (...args) => (await Array.fromAsync(pages(...args))).flat(),
  }
}
