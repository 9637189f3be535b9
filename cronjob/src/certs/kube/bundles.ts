import type { KubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { applyObject, getObject } from '@ecr-anywhere/shared/kube/objects.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'

interface Configuration {
  name: string
  webhooks: { name: string; caBundle: string }[]
}

const base = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'

export function bundlesIn({ webhooks }: Configuration): string[] {
  return webhooks.map(webhook => webhook.caBundle)
}

/**
 * The caBundles of some MutatingWebhookConfigurations. One that is not there is passed over: the chart makes the Secret before it makes
 * the configurations, and `requireReleaseObjects` reports one that was deleted.
 */
export function webhookConfigurations(send: KubeClient['request'], names: readonly string[]) {
  async function read(): Promise<Configuration[]> {
    const found = await Promise.all(names.map(async name => ({ name, object: await getObject(send, `${base}/${name}`) })))
    return found.flatMap(({ name, object }) => (object === undefined ? [] : [{ name, webhooks: webhooksIn(object) }]))
  }

  /** Sets just `caBundle`, where it differs. @returns on how many webhooks */
  async function publish(bundle: string): Promise<number> {
    const stale = (await read()).filter(({ webhooks }) => webhooks.some(({ caBundle }) => caBundle !== bundle))
    for (const { name, webhooks } of stale) {
      const object = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name },
        webhooks: webhooks.map(webhook => ({ name: webhook.name, clientConfig: { caBundle: Buffer.from(bundle).toString('base64') } })),
      }
      await applyObject(send, { path: `${base}/${name}`, object, fieldManager: fieldManagers.certs })
    }
    return stale.reduce((count, { webhooks }) => count + webhooks.length, 0)
  }

  return { read, publish }
}

function webhooksIn(object: Record<string, unknown>): Configuration['webhooks'] {
  const webhooks = (object.webhooks ?? []) as { name: string; clientConfig?: { caBundle?: string } }[]
  return webhooks.map(({ name, clientConfig }) => ({
    name,
    caBundle: Buffer.from(clientConfig?.caBundle ?? '', 'base64').toString('utf8'),
  }))
}
