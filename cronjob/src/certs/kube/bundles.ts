import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { apiService, isCalledThroughApiServer, webhookConfiguration } from '@ecr-anywhere/shared/kube/objects.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'

export const configurationKind = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' }

export const apiServiceKind = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' }

/** Where the CA of the serving certificate is published. */
export interface Bundles {
  /** @returns the bundles that are published now, as PEM */
  readBundles: () => Promise<string[]>
  /** Sets only `caBundle`, where it differs. @returns the number of webhooks in the changed objects, of which an APIService is one */
  publish: (bundle: string) => Promise<number>
}

/** Several of them as one. */
export function allBundles(all: readonly Bundles[]): Bundles {
  return {
    readBundles: async () => (await Promise.all(all.map(one => one.readBundles()))).flat(),
    publish: async bundle => (await Promise.all(all.map(one => one.publish(bundle)))).reduce((sum, count) => sum + count, 0),
  }
}

/**
 * The caBundle of an APIService. A missing one is skipped, as for webhook configurations.
 *
 * @param namespace that of the release, in which the Service of the APIService must be
 */
export function apiServiceBundle(kubernetes: Kubernetes, name: string, namespace: string): Bundles {
  const read = () => kubernetes.get({ ...apiServiceKind, name }, apiService)

  async function publish(bundle: string): Promise<number> {
    const found = await read()
    const caBundle = Buffer.from(bundle).toString('base64')
    // Somebody else's is reported by `requireReleaseObjects`.
    if (found === undefined || found.spec.service?.namespace !== namespace || found.spec.caBundle === caBundle) return 0
    await kubernetes.apply({ ...apiServiceKind, metadata: { name }, spec: { caBundle } }, fieldManagers.certs)
    return 1
  }

  return { publish, readBundles: async () => [Buffer.from((await read())?.spec.caBundle ?? '', 'base64').toString('utf8')] }
}

/**
 * The caBundles of some MutatingWebhookConfigurations. A missing configuration is skipped: the chart creates the Secret before the
 * configurations, and `requireReleaseObjects` reports a configuration that was deleted.
 */
export function webhookConfigurations(kubernetes: Kubernetes, names: readonly string[]): Bundles {
  async function read() {
    const found = await Promise.all(names.map(name => kubernetes.get({ ...configurationKind, name }, webhookConfiguration)))
    return found
      .filter(configuration => configuration !== undefined)
      .map(({ metadata, webhooks }) => ({
        metadata,
        webhooks: webhooks.filter(({ clientConfig }) => !isCalledThroughApiServer(clientConfig)),
      }))
  }

  async function readBundles(): Promise<string[]> {
    const webhooks = (await read()).flatMap(configuration => configuration.webhooks)
    return webhooks.map(({ clientConfig }) => Buffer.from(clientConfig.caBundle, 'base64').toString('utf8'))
  }

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
