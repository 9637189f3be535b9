import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { apiService, objectMeta, webhookConfiguration } from '@ecr-anywhere/shared/kube/objects.ts'
import { apiServiceKind, configurationKind } from './bundles.ts'

export interface ReleaseObjects {
  namespace: string
  /** Names of MutatingWebhookConfigurations. */
  configurations: readonly string[]
  /** The name of the APIService. */
  apiService: string | undefined
  /** `v1/ConfigMap/<name>` */
  owner: string | undefined
}

/**
 * Passes if the objects of the release that `certs` works on exist. `certs` has no right to create them, because an account that may create
 * webhook configurations can read every Secret in the cluster.
 *
 * @throws Fault `transient` that names each missing object
 */
export async function requireReleaseObjects(
  kubernetes: Kubernetes,
  { namespace, configurations, apiService: apiServiceName, owner }: ReleaseObjects,
): Promise<void> {
  const ownerName = owner?.split('/')[2]
  const found = await Promise.all([
    ...configurations.map(name => problemOf(kubernetes, name)),
    apiServiceName === undefined ? undefined : apiServiceProblem(kubernetes, { namespace, name: apiServiceName }),
    ownerName === undefined ? undefined : ownerProblem(kubernetes, { namespace, name: ownerName }),
  ])
  const problems = found.filter(problem => problem !== undefined)
  if (problems.length === 0) return
  throw new Fault('transient', {
    code: 'ReleaseIncomplete',
    found: problems.join(', '),
    wanted: 'every object of the release, because Secrets get no credentials without them',
    todo: `Run \`helm upgrade\` for the release in namespace ${namespace}. It creates them again, which \`certs\` has no right to do.`,
  })
}

async function problemOf(kubernetes: Kubernetes, name: string): Promise<string | undefined> {
  const object = await kubernetes.get({ ...configurationKind, name }, webhookConfiguration)
  if (object === undefined) return `no MutatingWebhookConfiguration ${name}`
  return object.webhooks.length === 0 ? `the MutatingWebhookConfiguration ${name} without webhooks` : undefined
}

async function apiServiceProblem(kubernetes: Kubernetes, { namespace, name }: { namespace: string; name: string }) {
  const object = await kubernetes.get({ ...apiServiceKind, name }, apiService)
  if (object === undefined) return `no APIService ${name}`
  const { service } = object.spec
  if (service?.namespace === namespace) return undefined
  return `the APIService ${name} of another installation, which calls ${service ? `the Service ${service.namespace}/${service.name}` : 'no Service'}`
}

async function ownerProblem(kubernetes: Kubernetes, { namespace, name }: { namespace: string; name: string }) {
  const object = await kubernetes.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }, objectMeta)
  return object === undefined ? `no ConfigMap ${namespace}/${name}` : undefined
}
