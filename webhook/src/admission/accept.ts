import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import { isTenantNamespace, type Tenant } from '@ecr-anywhere/shared/tenants.ts'
import { kindOf } from '../secret-kinds/kind-of.ts'
import type { SecretKind } from '../secret-kinds/secret-kind.ts'
import type { Request, Secret } from './review.ts'

/** The Secret gets credentials, as a Secret of its kind, or it is allowed unchanged, for the reason in `skip`. */
export type Accepted = { kind: SecretKind } | { skip: string }

/**
 * Decides whether this Secret gets credentials, by rules that do not depend on AWS. Whether it is skipped is decided first, so that the
 * label can always be removed and the Secret can always be deleted, whatever else is wrong with it.
 *
 * @throws Fault `input` if the namespace may not use this tenant, the Secret is immutable or of no supported kind, or a probe would be stored
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

/** Whether this is the Secret that `ecr-anywhere check` applies. It does so only in dry runs. */
export function isProbe({ metadata }: Secret): boolean {
  return Object.hasOwn(metadata.labels, labels.probe)
}

/** Only `oldObject` shows that a Secret is being deleted, because with server-side apply users can write `deletionTimestamp` themselves. */
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
    todo: `Create it again without immutable, or remove the label ${labels.managed}.`,
  })
}

function probeFault(): Fault {
  return new Fault('input', {
    found: `a managed Secret with the label ${labels.probe}`,
    wanted: 'that label in a dry run of `ecr-anywhere check` only',
    todo: `Remove the label ${labels.probe}.`,
  })
}
