import type { KubeClient } from '../../shared/src/kube/client.ts'
import { listMetadata, type ObjectMeta } from '../../shared/src/kube/metadata.ts'
import { getObject } from '../../shared/src/kube/objects.ts'
import { annotations, labels, warningPrefix } from '../../shared/src/names.ts'
import { formatTime } from '../../shared/src/time.ts'
import { apiUser, secretsPath } from './api-user.ts'
import { until } from './until.ts'

const connections = 8
const hourMs = 3_600_000

/**
 * As if the managed Secrets of a namespace had been filled some hours earlier: a token that AWS gives for an hour is not due when it is
 * written, and nobody waits until half of its life is over. Their times are set back while no webhook is called for the namespace.
 *
 * @param names which ones; by default all
 */
export async function ageSecrets(
  { kubeconfig }: { kubeconfig: string },
  { namespace, hours, names }: { namespace: string; hours: number; names?: readonly string[] },
): Promise<void> {
  const { request, close } = await apiUser(kubeconfig, connections)
  try {
    const pages = await Array.fromAsync(listMetadata(request, { path: secretsPath(namespace), labelSelector: `${labels.managed}=true` }))
    const secrets = pages.flat().filter(({ name }) => names?.includes(name) ?? true)
    const [first] = secrets
    if (first === undefined) throw new Error(`${namespace} has no managed Secret to age`)
    const object = await getObject(request, `/api/v1/namespaces/${namespace}`)
    const value = (object as { metadata: { labels: Record<string, string> } }).metadata.labels[labels.namespace]
    await setLabel(request, { namespace, value: null, probe: first.name })
    await Promise.all(secrets.map(secret => setBack(request, secret, hours * hourMs)))
    await setLabel(request, { namespace, value: value ?? null, probe: first.name })
  } finally {
    close()
  }
}

interface LabelOptions {
  namespace: string
  value: string | null
  /** A managed Secret by which one sees whether the webhook is called. */
  probe: string
}

async function setLabel(request: KubeClient['request'], { namespace, value, probe }: LabelOptions): Promise<void> {
  await patch(request, `/api/v1/namespaces/${namespace}`, { metadata: { labels: { [labels.namespace]: value } } })
  await until(`the API server knows the label of ${namespace}`, async () => {
    const path = `${secretsPath(namespace, probe)}?dryRun=All`
    const { warnings } = await patch(request, path, { metadata: { annotations: { probe: 'true' } } })
    return warnings.some(warning => warning.startsWith(warningPrefix)) === (value !== null)
  })
}

async function setBack(request: KubeClient['request'], { namespace, name, annotations: notes }: ObjectMeta, ms: number): Promise<void> {
  const earlier = (key: string) => formatTime(Date.parse(notes[key] ?? '') - ms)
  const times = { [annotations.expiresAt]: earlier(annotations.expiresAt), [annotations.updatedAt]: earlier(annotations.updatedAt) }
  await patch(request, secretsPath(namespace, name), { metadata: { annotations: times } })
}

async function patch(request: KubeClient['request'], path: string, change: object) {
  const answer = await request({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: JSON.stringify(change) })
  if (answer.status !== 200) throw new Error(`a patch of ${path} was answered with ${answer.status}`)
  return answer
}
