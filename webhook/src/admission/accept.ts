import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import { isTenantNamespace, type Tenant } from '@ecr-anywhere/shared/tenants.ts'
import { kindOf } from '../secret-kinds/kind-of.ts'
import type { SecretKind } from '../secret-kinds/secret-kind.ts'
import type { Request, Secret } from './review.ts'

export interface AcceptContext {
  tenant: Tenant
  /** The users that may create managed Secrets only without data. */
  provisioners: ReadonlySet<string>
}

/** The Secret gets credentials, as a Secret of its kind, or it is allowed unchanged, for the reason in `skip`. */
export type Accepted = { kind: SecretKind } | { skip: string }

/**
 * Decides whether this Secret gets credentials, by rules that do not depend on AWS. Whether it is skipped is decided first, so that the
 * label can always be removed and the Secret can always be deleted, whatever else is wrong with it.
 *
 * @throws Fault `input` if the namespace may not use this tenant, the Secret is immutable or of no supported kind, a probe would be stored,
 *   or a provisioner sends data
 */
export function accept(request: Request, { tenant, provisioners }: AcceptContext): Accepted {
  const skip = whySkipped(request)
  if (skip !== undefined) return { skip }
  const { object, namespace, dryRun } = request
  if (!isTenantNamespace(tenant, namespace)) throw namespaceFault(namespace, tenant)
  if (object.immutable) throw immutableFault()
  if (isProbe(object) && !dryRun) throw probeFault()
  if (request.operation === 'CREATE' && provisioners.has(request.username) && hasData(object)) throw dataFault(request.username)
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

/** What the policy ecr-anywhere-required-keys adds, because the type requires the key: `{"auths":{}}` in base64. */
const emptyDockerConfig = 'eyJhdXRocyI6e319'

/** Validating policies cannot tell, because they see the filled Secret. */
function hasData({ data = {} }: Secret): boolean {
  return Object.entries(data).some(([key, value]) => value !== '' && !(key === '.dockerconfigjson' && value === emptyDockerConfig))
}

function dataFault(username: string): Fault {
  return new Fault('input', {
    found: `a new managed Secret with data from ${username}`,
    wanted: 'a Secret without data from this service account, whose only task is to create empty pull secrets',
    todo: 'If it was not `ecr-anywhere provision` or `refresh` that sent it, somebody else uses their service account.',
  })
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
