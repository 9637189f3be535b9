import { loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { pathOf } from '@ecr-anywhere/shared/kube/path.ts'
import { refused, statusOf } from '@ecr-anywhere/shared/kube/status.ts'
import { type KubeAnswer, type KubeTransport, kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import type { Input, InputObject } from '../input/input.ts'
import { parseObject } from '../input/parse-object.ts'
import type { Problem } from '../problem.ts'
import type { Wanted } from '../tool.ts'

type Request = KubeTransport['request']
type Found = Pick<Input, 'objects' | 'problems'>

/** The page size of kubectl. */
const pageSize = 500
/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const asMetadata = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

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
  const { request, close } = await kubeTransport(loadKubeConfig({ context }), 1)
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

async function readKind(request: Request, { kind, apiVersions, metadataOnly }: Wanted, given: string | undefined): Promise<Found> {
  const namespace = clusterKinds.includes(kind) ? undefined : given
  for (const apiVersion of apiVersions) {
    const objects: InputObject[] = []
    const problems: Problem[] = []
    let next: string | undefined
    let answer: KubeAnswer
    do {
      const query = new URLSearchParams({
        limit: String(pageSize),
        ...(metadataOnly?.name !== undefined && { fieldSelector: `metadata.name=${metadataOnly.name}` }),
        ...(metadataOnly?.labelSelector !== undefined && { labelSelector: metadataOnly.labelSelector }),
        ...(next !== undefined && { continue: next }),
      })
      const isMetadata = metadataOnly !== undefined || kind === 'Secret'
      const path = `${pathOf({ apiVersion, kind, namespace })}?${query}`
      answer = await request({ method: 'GET', path, ...(isMetadata && { accept: asMetadata }) })
      if (answer.status !== 200) break
      const { items, metadata } = answer.body as { items?: unknown[] | null; metadata?: { continue?: string } | null }
      const read = (items ?? []).map(item => parseObject(withKind(item, apiVersion, kind), { where: `a ${kind}`, namespace: 'default' }))
      objects.push(...read.filter(one => 'body' in one))
      problems.push(...read.filter(one => 'found' in one))
      next = metadata?.continue || undefined
    } while (next !== undefined)
    if (answer.status === 200) return { objects, problems }
    if (answer.status !== 404) return { objects, problems: [...problems, unreadable(kind, answer, namespace)] }
  }
  return { objects: [], problems: [] }
}

/** The items of a list lack both, and metadata has another kind. */
function withKind(item: unknown, apiVersion: string, kind: string): unknown {
  return { ...(item as object), apiVersion, kind }
}

function unreadable(kind: string, answer: KubeAnswer, namespace: string | undefined): Problem {
  if (answer.status !== 403) throw refused(`listing ${kind}`, answer)
  const where = namespace === undefined ? 'in the cluster' : `in ${namespace}`
  return {
    what: `${kind} ${where}`,
    found: `no right to list them (${statusOf(answer).reason ?? 'Forbidden'})`,
    wanted: 'this right, or -f with the objects',
  }
}
