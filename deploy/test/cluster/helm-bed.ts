import { type Cluster, clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { chart, helm, releaseName, releaseNamespace, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import type { Test } from 'tap'

/** The beginning of the message of the policy that refuses a Secret for which the webhook was not called. */
export const notCalled =
  'the webhook was not called for this Secret, so it was not stored: is the namespace enabled, is the webhook registered?'
/** The namespaces of the tests, of which one is enabled. */
export const namespaces = { enabled: 'ecr-enabled', plain: 'ecr-plain' } as const

/**
 * Creates the namespaces. This cluster has no node that could run the hook Jobs, so Helm installs only the objects of the chart itself, with
 * policies but without a webhook that answers. When the test ends, all of it is removed.
 *
 * @returns the cluster, and Helm: `install` or `upgrade` a release of this name in a namespace
 */
export async function clusterForHelm(t: Test) {
  const cluster = await clusterFor(t)
  const { kubectl, kubeconfig } = cluster
  t.teardown(() => kubectl('delete', '--ignore-not-found', 'namespace', releaseNamespace, ...Object.values(namespaces)))
  t.teardown(() => helm(['uninstall', releaseName, '--no-hooks', '--ignore-not-found', '--namespace', releaseNamespace], { kubeconfig }))
  for (const name of [releaseNamespace, ...Object.values(namespaces)]) await must(kubectl('create', 'namespace', name))
  await must(kubectl('label', 'namespace', namespaces.enabled, `${labels.namespace}=enabled`))
  const run = (verb: 'install' | 'upgrade', values: Values, name = releaseName, namespace = releaseNamespace) =>
    helm([verb, name, chart, '--no-hooks', '--namespace', namespace], { values, kubeconfig })
  return { cluster, run }
}

/** Waits until the API server uses the policies of the chart, which takes some time after they are stored. */
export async function policiesInForce(cluster: Cluster): Promise<void> {
  const early = { namespace: namespaces.plain, name: 'early' }
  await until('the policies are in force', async () => (await create(cluster, early)).stderr.includes(notCalled))
}

export interface SecretParts {
  namespace?: string
  name?: string
  generateName?: string
  type?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  data?: Record<string, string>
}

/** Annotations as the webhook writes them. */
export const injected = { annotations: { 'ecr-anywhere.centml.ai/expires_at': '2026-01-01T00:00:00Z' } }

/** Creates a Secret, by default a managed one without credentials. */
export function create(
  { kubectl }: Cluster,
  { type = 'Opaque', data = {}, labels: given = { [labels.managed]: 'true' }, ...parts }: SecretParts,
  ...flags: string[]
) {
  const metadata = { name: 'managed', labels: given, ...parts }
  return kubectl('create', '-f', '-', ...flags, { input: JSON.stringify({ apiVersion: 'v1', kind: 'Secret', type, data, metadata }) })
}
