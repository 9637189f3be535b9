import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { webhookConfiguration } from '@ecr-anywhere/shared/kube/objects.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'

export const configurationKind = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' }

/**
 * The caBundles of some MutatingWebhookConfigurations. A missing configuration is skipped: the chart creates the Secret before the
 * configurations, and `requireReleaseObjects` reports a configuration that was deleted.
 */
export function webhookConfigurations(kubernetes: Kubernetes, names: readonly string[]) {
  async function read() {
    const found = await Promise.all(names.map(name => kubernetes.get({ ...configurationKind, name }, webhookConfiguration)))
    return found.filter(configuration => configuration !== undefined)
  }

  /** @returns the bundles, as PEM */
  async function readBundles(): Promise<string[]> {
    const webhooks = (await read()).flatMap(configuration => configuration.webhooks)
    return webhooks.map(({ clientConfig }) => Buffer.from(clientConfig.caBundle, 'base64').toString('utf8'))
  }

  /** Sets only `caBundle`, where it differs. @returns the number of webhooks in the changed configurations */
  async function publish(bundle: string): Promise<number> {
    const caBundle = Buffer.from(bundle).toString('base64')
    const stale = (await read()).filter(({ webhooks }) => webhooks.some(({ clientConfig }) => clientConfig.caBundle !== caBundle))
    for (const { metadata, webhooks } of stale) {
      const desired = webhooks.map(({ name }) => ({ name, clientConfig: { caBundle } }))
      await kubernetes.apply({ ...configurationKind, metadata: { name: metadata.name }, webhooks: desired }, fieldManagers.certs)
    }
    return stale.reduce((count, { webhooks }) => count + webhooks.length, 0)
  }

  return { readBundles, publish }
}
