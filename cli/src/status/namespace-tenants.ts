import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import { type ObjectMeta, objectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { defaultTenant, enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import type { Cluster } from '../cluster/cluster.ts'

/** The tenant of each enabled namespace. A namespace that is not in it is not enabled. */
export type Tenants = ReadonlyMap<string, string>

const namespaces = { apiVersion: 'v1', kind: 'Namespace' }
const form: ListForm<ObjectMeta> = { item: objectMeta, metadataOnly: true }

/**
 * @param name only this namespace; undefined for all
 * @throws Fault `settings` if this namespace does not exist, `transient` as the API server answers
 */
export async function namespaceTenants({ get, list }: Pick<Cluster, 'get' | 'list'>, name: string | undefined): Promise<Tenants> {
  if (name === undefined) return tenantsOf(await list(namespaces, form, { labelSelector: labels.namespace }))
  const found = await get({ ...namespaces, name }, objectMeta)
  if (found !== undefined) return tenantsOf([found])
  throw new Fault('settings', {
    found: `no namespace ${name}`,
    wanted: 'a namespace of this cluster',
    todo: `See \`kubectl get namespaces --selector ${labels.namespace}\`, or use --all-namespaces.`,
  })
}

export function tenantsOf(found: readonly ObjectMeta[]): Tenants {
  return new Map(
    found.flatMap(({ name, labels: own }) => (own[labels.namespace] ? [[name, tenantOf(own[labels.namespace] ?? '')] as const] : [])),
  )
}

/** The tenant that a value of the namespace label selects. */
export function tenantOf(value: string): string {
  return value === enabledValue ? defaultTenant : value
}
