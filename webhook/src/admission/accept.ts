import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import { isTenantNamespace, type Tenant } from '@ecr-anywhere/shared/tenants.ts'
import type { Request, Secret } from './review.ts'

/**
 * Refuses what no answer of AWS could change: a namespace that may not have this tenant, a Secret that cannot be renewed, a probe that would
 * be stored.
 *
 * @throws Fault `input`
 */
export function refuse({ object, namespace, dryRun }: Request, tenant: Tenant): void {
  if (!isTenantNamespace(tenant, namespace)) throw namespaceFault(namespace, tenant)
  if (object.immutable) throw immutableFault()
  if (isProbe(object) && !dryRun) throw probeFault()
}

/** The Secret that `ecr-anywhere check` applies, in dry runs alone. */
export function isProbe({ metadata }: Secret): boolean {
  return Object.hasOwn(metadata.labels, labels.probe)
}

function namespaceFault(namespace: string, { name, namespaces = [] }: Tenant): Fault {
  return new Fault('input', {
    found: `the namespace ${namespace} with tenant ${name}`,
    wanted: `a namespace that matches ${namespaces.join(', ')}`,
    todo: `Correct the label ${labels.namespace} of the namespace, or let an operator add it to the tenant's namespaces.`,
  })
}

function immutableFault(): Fault {
  return new Fault('input', {
    found: 'a managed Secret with immutable: true',
    wanted: 'a Secret whose credentials can be renewed',
    todo: `Create it anew without immutable, or remove the label ${labels.managed}.`,
  })
}

function probeFault(): Fault {
  return new Fault('input', {
    found: `a managed Secret with the label ${labels.probe}`,
    wanted: 'that label in a dry run of `ecr-anywhere check` alone',
    todo: `Remove the label ${labels.probe}.`,
  })
}
