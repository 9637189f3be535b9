import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { KubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { getObject } from '@ecr-anywhere/shared/kube/objects.ts'

export interface ReleaseObjects {
  namespace: string
  /** Names of MutatingWebhookConfigurations. */
  configurations: readonly string[]
  /** `v1/ConfigMap/<name>` */
  owner: string | undefined
}

/**
 * Passes if the release's objects that `certs` works on are there. It may not make them: whoever may create a webhook configuration can read
 * every Secret of the cluster.
 *
 * @throws Fault `transient` that names each one that is missing
 */
export async function requireReleaseObjects(
  send: KubeClient['request'],
  { namespace, configurations, owner }: ReleaseObjects,
): Promise<void> {
  const ownerName = owner?.split('/')[2]
  const found = await Promise.all([
    ...configurations.map(name => problemOf(send, name)),
    ownerName === undefined ? undefined : ownerProblem(send, { namespace, name: ownerName }),
  ])
  const problems = found.filter(problem => problem !== undefined)
  if (problems.length === 0) return
  throw new Fault('transient', {
    code: 'ReleaseIncomplete',
    found: problems.join(', '),
    wanted: 'every object of the release, without which no Secret is filled',
    todo: `Run \`helm upgrade\` for the release in namespace ${namespace}: it makes them again, \`certs\` may not.`,
  })
}

async function problemOf(send: KubeClient['request'], name: string): Promise<string | undefined> {
  const object = await getObject(send, `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`)
  if (object === undefined) return `no MutatingWebhookConfiguration ${name}`
  const { webhooks } = object as { webhooks?: unknown[] }
  return webhooks === undefined || webhooks.length === 0 ? `the MutatingWebhookConfiguration ${name} without webhooks` : undefined
}

async function ownerProblem(send: KubeClient['request'], { namespace, name }: { namespace: string; name: string }) {
  const object = await getObject(send, `/api/v1/namespaces/${namespace}/configmaps/${name}`)
  return object === undefined ? `no ConfigMap ${namespace}/${name}` : undefined
}
