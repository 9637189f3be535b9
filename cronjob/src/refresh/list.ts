import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import type { Selectors } from '@ecr-anywhere/shared/kube/list.ts'
import { namespacedName } from '@ecr-anywhere/shared/kube/namespaced-name.ts'
import type { ObjectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import { wantedPullSecret } from '@ecr-anywhere/shared/pull-secret.ts'
import { eachOf } from '../each-of.ts'
import { type ManagedSecret, mostUrgentFirst } from './plan.ts'
import type { MissingSecret } from './pull-secrets.ts'
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
  /** Pull Secrets that namespaces ask for and that do not exist as managed Secrets. Empty unless all Secrets were listed. */
  missing: MissingSecret[]
}

export interface Scope {
  /** Undefined for the whole cluster. */
  namespaces: readonly string[] | undefined
  concurrency: number
  /** The default name of pull Secrets, or undefined if missing ones are not looked for. */
  pullSecrets: { defaultName: string | undefined } | undefined
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
export async function listManaged(kubernetes: Kubernetes, { namespaces, concurrency, pullSecrets, isStopping }: Scope): Promise<Listed> {
  const listed: Listed = { secrets: [], outside: [], beingDeleted: 0, unlisted: [], missing: [] }
  const beingDeleted = new Set<string>()
  await eachOf(namespaces ?? ['*'], concurrency, async namespace => {
    const set = { apiVersion: 'v1', kind: 'Secret', namespace: namespace === '*' ? undefined : namespace }
    try {
      for await (const page of kubernetes.list(set, { labelSelector: managed })) {
        if (isStopping()) return
        addPage(listed, page, beingDeleted)
      }
    } catch (error) {
      listed.unlisted.push({ namespace, cause: sentence(error) })
    }
  })
  if (namespaces !== undefined || isStopping()) return listed
  const asked = (meta: ObjectMeta) => (pullSecrets === undefined ? undefined : askedFor(meta, pullSecrets.defaultName))
  const enabled = await findNamespaces(kubernetes, { labelSelector: labels.namespace }, asked)
  const missing = listed.unlisted.length > 0 ? [] : missingOf(enabled.values(), listed, beingDeleted)
  return { ...(await withoutOutside(kubernetes, listed, enabled)), missing }
}

function addPage(listed: Listed, page: readonly ObjectMeta[], beingDeleted: Set<string>): void {
  for (const meta of page) {
    if (meta.isBeingDeleted) {
      listed.beingDeleted += 1
      beingDeleted.add(namespacedName(meta))
    } else listed.secrets.push({ namespace: meta.namespace, name: meta.name, uid: meta.uid, ...lifeOf(meta) })
  }
}

/**
 * Namespaces are listed after the Secrets, so that a namespace created in between is not reported. A namespace is reported only if it is
 * listed without the label; a namespace that is in neither list has been deleted.
 */
async function withoutOutside(kubernetes: Kubernetes, listed: Listed, enabled: ReadonlyMap<string, unknown>): Promise<Listed> {
  const rest = listed.secrets.filter(({ namespace }) => !enabled.has(namespace))
  if (rest.length === 0) return listed
  const others = await findNamespaces(kubernetes, { labelSelector: `!${labels.namespace}` }, () => true)
  return {
    ...listed,
    secrets: listed.secrets.filter(({ namespace }) => enabled.has(namespace)),
    outside: mostUrgentFirst(rest.filter(({ namespace }) => others.has(namespace))),
  }
}

/** @returns what `keep` returns for each namespace, by its name, without namespaces that are being deleted */
async function findNamespaces<T>(kubernetes: Kubernetes, selectors: Selectors, keep: (meta: ObjectMeta) => T): Promise<Map<string, T>> {
  const found = new Map<string, T>()
  for await (const page of kubernetes.list(allNamespaces, selectors))
    for (const meta of page) if (!meta.isBeingDeleted) found.set(meta.name, keep(meta))
  return found
}

/** The pull Secret that a namespace asks for. A name that is not valid is reported by `provision`. */
function askedFor(meta: ObjectMeta, defaultName: string | undefined): MissingSecret | undefined {
  const wanted = wantedPullSecret(meta, defaultName)
  return wanted === undefined || 'problem' in wanted ? undefined : { namespace: meta.name, uid: meta.uid, name: wanted.name }
}

/** A Secret that is being deleted is not missing yet. The next run creates it again. */
function missingOf(asked: Iterable<MissingSecret | undefined>, { secrets }: Listed, beingDeleted: ReadonlySet<string>): MissingSecret[] {
  const wanted = [...asked].filter(one => one !== undefined)
  if (wanted.length === 0) return []
  const present = new Set(secrets.map(namespacedName))
  return wanted.filter(one => !present.has(namespacedName(one)) && !beingDeleted.has(namespacedName(one)))
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
