import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import type { Selectors } from '@ecr-anywhere/shared/kube/list.ts'
import type { ObjectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import { eachOf } from '../each-of.ts'
import { type ManagedSecret, mostUrgentFirst } from './plan.ts'
import { lifeOf } from './verify.ts'

/** The managed Secrets in the scope of a run. */
export interface Listed {
  /** The Secrets that the run refreshes when they are due. */
  secrets: ManagedSecret[]
  /** Secrets in namespaces without the namespace label, the most urgent first. No webhook is called for them, so they are not renewed. */
  outside: ManagedSecret[]
  /** The number of Secrets that are being deleted, which are not touched. */
  beingDeleted: number
  /** Namespaces that could not be listed completely, with the cause; `*` means the whole cluster. */
  unlisted: { namespace: string; cause: string }[]
}

export interface Scope {
  /** Undefined for the whole cluster. */
  namespaces: readonly string[] | undefined
  concurrency: number
  /** True once no further requests may be sent. */
  isStopping: () => boolean
}

const managed = `${labels.managed}=true`
const allNamespaces = { apiVersion: 'v1', kind: 'Namespace' }

/**
 * Lists the managed Secrets of the whole cluster, or of each named namespace. If a list fails after some pages, the Secrets of those pages
 * are returned.
 *
 * @throws Fault `transient` if namespaces cannot be listed
 */
export async function listManaged(kubernetes: Kubernetes, { namespaces, concurrency, isStopping }: Scope): Promise<Listed> {
  const listed: Listed = { secrets: [], outside: [], beingDeleted: 0, unlisted: [] }
  await eachOf(namespaces ?? ['*'], concurrency, async namespace => {
    const set = { apiVersion: 'v1', kind: 'Secret', namespace: namespace === '*' ? undefined : namespace }
    try {
      for await (const page of kubernetes.list(set, { labelSelector: managed })) {
        if (isStopping()) return
        addPage(listed, page)
      }
    } catch (error) {
      listed.unlisted.push({ namespace, cause: sentence(error) })
    }
  })
  return namespaces === undefined && !isStopping() ? withoutOutside(kubernetes, listed) : listed
}

function addPage(listed: Listed, page: readonly ObjectMeta[]): void {
  for (const meta of page) {
    if (meta.isBeingDeleted) listed.beingDeleted += 1
    else listed.secrets.push({ namespace: meta.namespace, name: meta.name, uid: meta.uid, ...lifeOf(meta) })
  }
}

/**
 * Namespaces are listed after the Secrets, so that a namespace created in between is not reported. A namespace is reported only if it is
 * listed without the label; a namespace that is in neither list has been deleted.
 */
async function withoutOutside(kubernetes: Kubernetes, listed: Listed): Promise<Listed> {
  const enabled = await namespaceNames(kubernetes, { labelSelector: labels.namespace })
  const rest = listed.secrets.filter(({ namespace }) => !enabled.has(namespace))
  if (rest.length === 0) return listed
  const others = await namespaceNames(kubernetes, { labelSelector: `!${labels.namespace}` })
  return {
    ...listed,
    secrets: listed.secrets.filter(({ namespace }) => enabled.has(namespace)),
    outside: mostUrgentFirst(rest.filter(({ namespace }) => others.has(namespace))),
  }
}

async function namespaceNames(kubernetes: Kubernetes, selectors: Selectors): Promise<Set<string>> {
  const names = new Set<string>()
  for await (const page of kubernetes.list(allNamespaces, selectors))
    for (const { name, isBeingDeleted } of page) if (!isBeingDeleted) names.add(name)
  return names
}

/**
 * Requires that a namespace given by flag exists and is enabled. Passes if the user has no right to list namespaces.
 *
 * @throws Fault `settings` if it does not exist or is not enabled; Fault `transient` if namespaces cannot be listed
 */
export async function requireEnabled(kubernetes: Kubernetes, name: string): Promise<void> {
  const found = await findNamespace(kubernetes, name)
  if (found === 'unknown' || (found !== undefined && labels.namespace in found.labels)) return
  throw new Fault('settings', {
    found: found === undefined ? `no namespace ${name}` : `namespace ${name} without the label ${labels.namespace}`,
    wanted: 'an enabled namespace',
    todo:
      found === undefined
        ? `See kubectl get namespaces --selector ${labels.namespace}.`
        : `Run ${enableCommand([name])} (or =<tenant>), then start again.`,
  })
}

async function findNamespace(kubernetes: Kubernetes, name: string): Promise<ObjectMeta | 'unknown' | undefined> {
  try {
    const pages = await Array.fromAsync(kubernetes.list(allNamespaces, { fieldSelector: `metadata.name=${name}` }))
    return pages.flat()[0]
  } catch (error) {
    if (error instanceof Fault && error.code === 'Forbidden') return 'unknown'
    throw error
  }
}

/** The command that enables namespaces for tenant `default`. */
export function enableCommand(namespaces: readonly string[]): string {
  return `kubectl label namespace ${namespaces.join(' ')} ${labels.namespace}=enabled`
}
