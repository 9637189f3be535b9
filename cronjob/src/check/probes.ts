import { annotations, defaultTenant, enabledValue, labels } from '@ecr-anywhere/shared/names.ts'

export interface ProbeSecret {
  apiVersion: 'v1'
  kind: 'Secret'
  type: string
  metadata: { namespace: string; name: string; labels?: Record<string, string>; annotations?: Record<string, string> }
  data?: Record<string, string>
}

/** Where a tenant is asked about: its own namespaces, of which a few are tried, or the release's. */
export interface Place {
  tenant: string
  namespaces: string[]
}

/** One namespace may refuse for reasons of its own (a quota, a policy of others, being deleted): then the next one is tried. */
export const maxTries = 3

/** The namespaces of each tenant, by the value of their label. */
export function placesOf(tenants: readonly string[], namespaces: readonly { name: string; value: string }[]): Place[] {
  return tenants.map(tenant => {
    const values = tenant === defaultTenant ? [enabledValue, defaultTenant] : [tenant]
    const names = namespaces.filter(({ value }) => values.includes(value)).map(({ name }) => name)
    return { tenant, namespaces: names.sort().slice(0, maxTries) }
  })
}

/** Goes the way of a tenant's own Secrets: by label, through its ticket policy and its webhook. */
export function managedProbe(namespace: string, name: string): ProbeSecret {
  return secret(
    { namespace, name, labels: { [labels.managed]: 'true', [labels.probe]: 'true' } },
    { type: 'kubernetes.io/dockerconfigjson' },
  )
}

/** Where no namespace of a tenant is labelled yet: the check's own webhook hands it to the tenant that the label names. */
export function plainProbe(namespace: string, name: string, tenant: string): ProbeSecret {
  return secret({ namespace, name, labels: { [labels.probe]: tenant } }, {})
}

/** A write that a policy has to deny. */
export interface Provocation {
  policy: string
  secret: ProbeSecret
}

/**
 * One for each policy that can be provoked without storing anything: `ecr-anywhere-injected` denies no dry run, and the others guard accounts
 * and objects that are not the check's.
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
