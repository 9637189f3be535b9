import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { listPages } from '@ecr-anywhere/shared/kube/list.ts'
import type { KubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import * as z from 'zod'
import { isForbidden } from '../../cluster/denied.ts'
import { openCluster } from '../../cluster/kube/open-cluster.ts'
import type { Input } from '../input/input.ts'
import { parseObject } from '../input/parse-object.ts'
import type { Problem } from '../problem.ts'
import type { Wanted } from '../tool.ts'

type Request = KubeTransport['request']
type Found = Pick<Input, 'objects' | 'problems'>

/**
 * Reads the objects that a tool needs, with the user's kubeconfig. Of Secrets and Namespaces only metadata is requested, so no content of a
 * Secret reaches this machine. A kind that the cluster does not have is left out. A kind that the user may not list is a problem, and the
 * others are read.
 *
 * @param scope the context instead of the current one, and the only namespace that is read
 * @throws Fault `settings` if there is no cluster, `transient` if the API server does not answer
 */
export async function readCluster(
  wanted: readonly Wanted[],
  { context, namespace }: { context: string | undefined; namespace: string | undefined },
): Promise<Input> {
  const { request, close } = await openCluster({ context })
  try {
    return { ...(await readObjects(request, wanted, namespace)), documents: [], variables: {}, isCluster: true }
  } finally {
    close()
  }
}

/** The same with a function that sends requests. */
export async function readObjects(request: Request, wanted: readonly Wanted[], namespace: string | undefined): Promise<Found> {
  const all: Found[] = []
  for (const one of wanted) all.push(await readKind(request, one, namespace))
  return { objects: all.flatMap(({ objects }) => objects), problems: all.flatMap(({ problems }) => problems) }
}

/** Kinds without a namespace. */
const clusterKinds = ['Namespace', 'MutatingWebhookConfiguration', 'ClusterExternalSecret', 'ClusterGenerator']

async function readKind(request: Request, { kind, apiVersions, metadataOnly: only }: Wanted, given: string | undefined): Promise<Found> {
  const namespace = clusterKinds.includes(kind) ? undefined : given
  const selectors = {
    ...(only?.name !== undefined && { fieldSelector: `metadata.name=${only.name}` }),
    ...(only?.labelSelector !== undefined && { labelSelector: only.labelSelector }),
  }
  const form = { item: z.unknown(), metadataOnly: only !== undefined || kind === 'Secret' }
  for (const apiVersion of apiVersions) {
    try {
      const pages = await Array.fromAsync(listPages(request, { set: { apiVersion, kind, namespace }, selectors, ...form }))
      return parsedItems(pages.flat(), apiVersion, kind)
    } catch (error) {
      if (isNotServed(error)) continue
      if (isForbidden(error)) return { objects: [], problems: [forbidden(kind, namespace)] }
      throw error
    }
  }
  return { objects: [], problems: [] }
}

function parsedItems(items: readonly unknown[], apiVersion: string, kind: string): Found {
  // The items of a list lack both, and metadata has another kind.
  const read = items.map(item => parseObject({ ...(item as object), apiVersion, kind }, { where: `a ${kind}`, namespace: 'default' }))
  return { objects: read.filter(one => 'body' in one), problems: read.filter(one => 'found' in one) }
}

/** The answer for a version of an API that the cluster does not have is a text instead of a Status. */
function isNotServed(error: unknown): boolean {
  return error instanceof Fault && (error.code === 'NotFound' || error.code === 'HTTP 404')
}

function forbidden(kind: string, namespace: string | undefined): Problem {
  return {
    what: `${kind} ${namespace === undefined ? 'in the cluster' : `in ${namespace}`}`,
    found: 'no right to list them',
    wanted: 'this right, or -f with the objects',
  }
}
