import { enabledValue } from '@ecr-anywhere/shared/names.ts'
import { untilCalled } from './in-force.ts'
import { registration } from './registration.ts'

/** The objects and settings of a way to install the product. */
export interface Install {
  release: string
  /** The names of the MutatingWebhookConfigurations whose `caBundle` is published. */
  configurations: string[]
  /** Further environment variables of `certs`. */
  certsEnv: Record<string, string>
  /** Called after `certs` has created its Secrets. @returns further environment variables of the webhook */
  mount: (dir: string) => Promise<Record<string, string>>
  /** The objects that are applied when the webhook serves at `url`. */
  objects: (url: string) => object[]
  /** Called last. Resolves when these objects are in force. */
  inForce?: (kubeconfig: string) => Promise<void>
}

export interface PlainInstall {
  id: string
  registered: Record<string, string> | undefined
  timeoutSeconds: number | undefined
}

/** One webhook configuration for each tenant, and no attestation. */
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

/** The label of the objects of one testbed. */
export function onlyLabel(id: string): Record<string, string> {
  return { 'ecr-anywhere.test/bed': id }
}
