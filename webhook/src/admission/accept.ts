import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import { isTenantNamespace, type Tenant } from '@ecr-anywhere/shared/tenants.ts'
import { kindOf } from '../secret-kinds/kind-of.ts'
import type { SecretKind } from '../secret-kinds/secret-kind.ts'
import type { Request, Secret } from './review.ts'

/** Either the Secret is filled, as a Secret of its kind, or it is allowed as it is, for a reason. */
export type Accepted = { kind: SecretKind } | { skip: string }

/**
 * Decides whether this Secret is one to fill, by what no answer of AWS could change. Whether it is skipped comes first, so that a Secret can
 * always be unlabelled and deleted, whatever else is wrong with it.
 *
 * @throws Fault `input`: a namespace that may not have this tenant, an immutable Secret, a probe that would be stored, an unsupported kind
 */
export function accept(request: Request, tenant: Tenant): Accepted {
  const skip = whySkipped(request)
  if (skip !== undefined) return { skip }
  const { object, namespace, dryRun } = request
  if (!isTenantNamespace(tenant, namespace)) throw namespaceFault(namespace, tenant)
  if (object.immutable) throw immutableFault()
  if (isProbe(object) && !dryRun) throw probeFault()
  return { kind: kindOf(object) }
}

/** The Secret that `ecr-anywhere check` applies, in dry runs only. */
export function isProbe({ metadata }: Secret): boolean {
  return Object.hasOwn(metadata.labels, labels.probe)
}

/** Only `oldObject` shows that a Secret is being deleted: with server-side apply a user can write a `deletionTimestamp` into a new object. */
function whySkipped({ object, oldObject }: Request): string | undefined {
  if (object.metadata.labels[labels.managed] !== 'true') return 'not labelled managed'
  if (oldObject?.metadata.deletionTimestamp !== undefined) return 'being deleted'
  return undefined
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
