import { type ApiUser, apiUser, secretsPath } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { managedSecret } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import type { ObjectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { annotations, enabledValue, labels, warningPrefix } from '@ecr-anywhere/shared/names.ts'
import type { Test } from 'tap'

const hours = 3_600_000

/** A client without retries for the API server of a kubeconfig. */
export async function clientOf(t: Test, kubeconfig: string, concurrency = 16): Promise<ApiUser> {
  const client = await apiUser(kubeconfig, concurrency)
  t.teardown(client.close)
  return client
}

/**
 * Stores Secrets before their namespace is enabled, so that the webhook is not called and all are due, and then enables it.
 *
 * @param id of the testbed
 * @returns their names
 */
export async function storeDue(
  client: ApiUser,
  { id, namespace, count }: { id: string; namespace: string; count: number },
): Promise<string[]> {
  const { request } = client
  await label(client, namespace, { 'ecr-anywhere.test/bed': id })
  const names = Array.from({ length: count }, (_, at) => `due-${String(at).padStart(4, '0')}`)
  const path = secretsPath(namespace)
  await eachAtOnce(names, 16, async name => {
    const body = JSON.stringify(managedSecret({ namespace, name, stringData: { '.dockerconfigjson': '{"auths":{}}' } }))
    const { status } = await request({ method: 'POST', path, body })
    if (status !== 201) throw new Error(`creating ${namespace}/${name} was answered with ${status}`)
  })
  await label(client, namespace, { 'ecr-anywhere.test/bed': id, [labels.namespace]: enabledValue })
  const probe = { body: '{"metadata":{"annotations":{"probe":"true"}}}', contentType: 'application/merge-patch+json' }
  await until('the API server applies the label of the namespace', async () => {
    const { warnings } = await request({ method: 'PATCH', path: `${secretsPath(namespace, names[0])}?dryRun=All`, ...probe })
    return warnings.some(warning => warning.startsWith(warningPrefix))
  })
  return names
}

/** Creates a namespace without kubectl, because kubectl takes ten times as long. */
function label({ kubernetes }: ApiUser, name: string, labels: Record<string, string>): Promise<void> {
  return kubernetes.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }, 'test')
}

/** @returns the names of the renewed Secrets in a namespace, which are valid for more than 11 h */
export async function renewedIn(client: ApiUser, namespace: string): Promise<string[]> {
  const isRenewed = (expiresAt = '') => Date.parse(expiresAt) > Date.now() + 11 * hours
  return (await managedIn(client, namespace))
    .filter(({ annotations: notes }) => isRenewed(notes[annotations.expiresAt]))
    .map(({ name }) => name)
    .sort()
}

/** @returns the metadata of the managed Secrets in a namespace */
export async function managedIn({ kubernetes }: ApiUser, namespace: string): Promise<ObjectMeta[]> {
  const set = { apiVersion: 'v1', kind: 'Secret', namespace }
  return (await Array.fromAsync(kubernetes.list(set, { labelSelector: `${labels.managed}=true` }))).flat()
}

/** Does the work for all items, with limited concurrency. */
export async function eachAtOnce<T>(items: Iterable<T>, lanes: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const left = Iterator.from(items)
  const lane = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
