import { annotations, defaultTenant, enabledValue, labels } from '@ecr-anywhere/shared/names.ts'

export interface ProbeSecret {
  apiVersion: 'v1'
  kind: 'Secret'
  type: string
  metadata: { namespace: string; name: string; labels?: Record<string, string>; annotations?: Record<string, string> }
  data?: Record<string, string>
}

/** The namespaces in which a tenant is probed, at most `maxTries`. If there are none, it is probed in the namespace of the release. */
export interface Place {
  tenant: string
  namespaces: string[]
}

/** A namespace may deny the probe for its own reasons (a quota, another policy, its deletion). Then the next one is tried. */
export const maxTries = 3

/** The namespaces of each tenant, by the value of their label. */
export function placesOf(tenants: readonly string[], namespaces: readonly { name: string; value: string }[]): Place[] {
  return tenants.map(tenant => {
    const values = tenant === defaultTenant ? [enabledValue, defaultTenant] : [tenant]
    const names = namespaces.filter(({ value }) => values.includes(value)).map(({ name }) => name)
    return { tenant, namespaces: names.sort().slice(0, maxTries) }
  })
}

/** A probe that the ticket policy and the webhook of a tenant match by its labels, as they do for the managed Secrets of that tenant. */
export function managedProbe(namespace: string, name: string): ProbeSecret {
  return secret(
    { namespace, name, labels: { [labels.managed]: 'true', [labels.probe]: 'true' } },
    { type: 'kubernetes.io/dockerconfigjson' },
  )
}

/** A probe for a tenant without a labelled namespace. The webhook configuration of the check sends it to the tenant named by its label. */
export function plainProbe(namespace: string, name: string, tenant: string): ProbeSecret {
  return secret({ namespace, name, labels: { [labels.probe]: tenant } }, {})
}

/** A write that a policy must deny. */
export interface Provocation {
  policy: string
  secret: ProbeSecret
}

/**
 * One write for each policy that can be tested without storing anything. `ecr-anywhere-injected` ignores dry runs, and the remaining policies
 * apply to accounts and objects that the check does not have.
 */
export function provocations(namespace: string, name: string): Provocation[] {
  const forged = { [annotations.attestation]: 'forged by the check' }
  // The check has the right to write this name, but not to read it.
  const unreadable = { namespace, name: `${name}-unreadable`, labels: { [labels.managed]: 'true' } }
  return [
    { policy: 'ecr-anywhere-no-ticket', secret: secret({ namespace, name, annotations: forged }, {}) },
    {
      policy: 'ecr-anywhere-reader-guard',
      secret: secret(unreadable, { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': btoa('{"auths":{}}') } }),
    },
  ]
}

function secret(metadata: ProbeSecret['metadata'], { type = 'Opaque', ...rest }: Partial<ProbeSecret>): ProbeSecret {
  return { apiVersion: 'v1', kind: 'Secret', type, metadata, ...rest }
}
