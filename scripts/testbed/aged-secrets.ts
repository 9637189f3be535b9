import { type ObjectMeta, objectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { pathOf } from '@ecr-anywhere/shared/kube/path.ts'
import { annotations, labels, warningPrefix } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import { type ApiUser, apiUser, secretsPath } from './api-user.ts'
import { until } from './until.ts'

const connections = 8
const hourMs = 3_600_000

/**
 * Sets back the times of the managed Secrets in a namespace, as if they had been injected some hours earlier. Otherwise a test with tokens of one
 * hour would wait for half of their lifetime. Meanwhile the webhook is not called for the namespace.
 *
 * @param names the Secrets to change; all by default
 */
export async function ageSecrets(
  { kubeconfig }: { kubeconfig: string },
  { namespace, hours, names }: { namespace: string; hours: number; names?: readonly string[] },
): Promise<void> {
  const { kubernetes, request, close } = await apiUser(kubeconfig, connections)
  try {
    const ofNamespace = { apiVersion: 'v1', kind: 'Secret', namespace }
    const pages = await Array.fromAsync(kubernetes.list(ofNamespace, { labelSelector: `${labels.managed}=true` }))
    const secrets = pages.flat().filter(({ name }) => names?.includes(name) ?? true)
    const [first] = secrets
    if (first === undefined) throw new Error(`${namespace} has no managed Secret`)
    const value = (await kubernetes.get(namespaceKey(namespace), objectMeta))?.labels[labels.namespace]
    await setLabel(request, { namespace, value: null, probe: first.name })
    await Promise.all(secrets.map(secret => setBack(request, secret, hours * hourMs)))
    await setLabel(request, { namespace, value: value ?? null, probe: first.name })
  } finally {
    close()
  }
}

function namespaceKey(name: string) {
  return { apiVersion: 'v1', kind: 'Namespace', name }
}

interface LabelOptions {
  namespace: string
  value: string | null
  /** A managed Secret whose dry run shows whether the webhook is called. */
  probe: string
}

async function setLabel(request: ApiUser['request'], { namespace, value, probe }: LabelOptions): Promise<void> {
  await patch(request, pathOf(namespaceKey(namespace)), { metadata: { labels: { [labels.namespace]: value } } })
  await until(`the API server applies the label of ${namespace}`, async () => {
    const path = `${secretsPath(namespace, probe)}?dryRun=All`
    const { warnings } = await patch(request, path, { metadata: { annotations: { probe: 'true' } } })
    return warnings.some(warning => warning.startsWith(warningPrefix)) === (value !== null)
  })
}

async function setBack(request: ApiUser['request'], { namespace, name, annotations: notes }: ObjectMeta, ms: number): Promise<void> {
  const earlier = (key: string) => formatTime(Date.parse(notes[key] ?? '') - ms)
  const times = { [annotations.expiresAt]: earlier(annotations.expiresAt), [annotations.updatedAt]: earlier(annotations.updatedAt) }
  await patch(request, secretsPath(namespace, name), { metadata: { annotations: times } })
}

async function patch(request: ApiUser['request'], path: string, change: object) {
  const answer = await request({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: JSON.stringify(change) })
  if (answer.status !== 200) throw new Error(`a patch of ${path} was answered with ${answer.status}`)
  return answer
}
