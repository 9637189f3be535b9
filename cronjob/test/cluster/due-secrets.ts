import { type KubeClient, kubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { listMetadata } from '@ecr-anywhere/shared/kube/metadata.ts'
import { applyObject } from '@ecr-anywhere/shared/kube/objects.ts'
import { annotations, enabledValue, labels, warningPrefix } from '@ecr-anywhere/shared/names.ts'
import { KubeConfig } from '@kubernetes/client-node'
import type { Test } from 'tap'
import { managedSecret } from '../../../scripts/testbed/manifest.ts'
import { until } from '../../../scripts/testbed/until.ts'

const hours = 3_600_000

/** A client of the API server of a kubeconfig, without retries. */
export async function clientOf(t: Test, kubeconfig: string, concurrency = 16): Promise<KubeClient> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const client = await kubeClient(config, concurrency)
  t.teardown(client.close)
  return client
}

/**
 * Stores Secrets while their namespace is not enabled, so that no webhook has seen them and all are due, then enables it.
 *
 * @param id of the testbed
 * @returns their names
 */
export async function storeDue(
  client: KubeClient,
  { id, namespace, count }: { id: string; namespace: string; count: number },
): Promise<string[]> {
  const { request } = client
  await label(client, namespace, { 'ecr-anywhere.test/bed': id })
  const names = Array.from({ length: count }, (_, at) => `due-${String(at).padStart(4, '0')}`)
  const path = `/api/v1/namespaces/${namespace}/secrets`
  await eachAtOnce(names, 16, async name => {
    const body = JSON.stringify(managedSecret({ namespace, name, stringData: { '.dockerconfigjson': '{"auths":{}}' } }))
    const { status } = await request({ method: 'POST', path, body })
    if (status !== 201) throw new Error(`creating ${namespace}/${name} was answered with ${status}`)
  })
  await label(client, namespace, { 'ecr-anywhere.test/bed': id, [labels.namespace]: enabledValue })
  const probe = { body: '{"metadata":{"annotations":{"probe":"true"}}}', contentType: 'application/merge-patch+json' }
  await until('the API server has seen that the namespace is enabled', async () => {
    const { warnings } = await request({ method: 'PATCH', path: `${path}/${names[0]}?dryRun=All`, ...probe })
    return warnings.some(warning => warning.startsWith(warningPrefix))
  })
  return names
}

/** Without kubectl, which takes ten times as long to start as this takes. */
function label({ request }: KubeClient, name: string, labels: Record<string, string>): Promise<unknown> {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
  return applyObject(request, { path: `/api/v1/namespaces/${name}`, object, fieldManager: 'test' })
}

/** Names of those in a namespace that are renewed: good for more than 11 h. */
export async function renewedIn({ request }: KubeClient, namespace: string): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespace}/secrets`
  const pages = await Array.fromAsync(listMetadata(request, { path, labelSelector: `${labels.managed}=true` }))
  const isRenewed = (expiresAt = '') => Date.parse(expiresAt) > Date.now() + 11 * hours
  return pages
    .flat()
    .filter(({ annotations: notes }) => isRenewed(notes[annotations.expiresAt]))
    .map(({ name }) => name)
    .sort()
}

/** Works on all items, so many at a time. */
export async function eachAtOnce<T>(items: Iterable<T>, lanes: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const left = Iterator.from(items)
  const lane = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
