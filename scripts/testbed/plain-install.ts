import { enabledValue } from '@ecr-anywhere/shared/names.ts'
import { untilCalled } from './in-force.ts'
import { registration } from './registration.ts'

/** What a way of installing the product puts into the cluster. */
export interface Install {
  release: string
  /** Names of the MutatingWebhookConfigurations whose `caBundle` is published. */
  configurations: string[]
  /** Further variables of `certs`. */
  certsEnv: Record<string, string>
  /** Called once `certs` has made its Secrets. @returns further variables of the webhook */
  mount: (dir: string) => Promise<Record<string, string>>
  /** What is applied once the webhook serves at `url`. */
  objects: (url: string) => object[]
  /** Called last. Resolves when the API server does what they say. */
  inForce?: (kubeconfig: string) => Promise<void>
}

export interface PlainInstall {
  id: string
  registered: Record<string, string> | undefined
  timeoutSeconds: number | undefined
}

/** One webhook configuration a tenant and no attestation. */
export function plainInstall({ id, registered, timeoutSeconds }: PlainInstall): Install {
  const tenants = Object.entries(registered ?? { [enabledValue]: 'default' })
  const nameOf = (tenant: string) => `${id}-${tenant}`
  const timeout = timeoutSeconds === undefined ? {} : { timeoutSeconds }
  return {
    release: `${id}-release`,
    configurations: tenants.map(([, tenant]) => nameOf(tenant)),
    certsEnv: {},
    mount: async () => ({}),
    objects: url =>
      tenants.map(([namespaceValue, tenant]) =>
        registration({ name: nameOf(tenant), url, tenant, namespaceValue, onlyLabel: onlyLabel(id), ...timeout }),
      ),
    inForce: kubeconfig =>
      untilCalled({ kubeconfig, namespace: `${id}-ready`, onlyLabel: onlyLabel(id), values: tenants.map(([value]) => value) }),
  }
}

/** What tells the objects of one testbed from those of others. */
export function onlyLabel(id: string): Record<string, string> {
  return { 'ecr-anywhere.test/bed': id }
}
