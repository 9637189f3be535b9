import type { SecretStatus } from './cluster-status.ts'
import { type State, states } from './managed-secret.ts'

/** How many Secrets of a group are in each state. */
export interface Summary {
  context: string
  /** Undefined in the summary of a tenant. */
  namespace?: string
  /** `-` if the namespace is not enabled, `?` if that cannot be told. */
  tenant: string
  total: number
  counts: Record<State, number>
  /** RFC 3339; undefined if no expiry is known. */
  firstExpiry?: string
}

/** By context, namespace and tenant, the groups with problems first. */
export function namespaceSummaries(secrets: readonly SecretStatus[]): Summary[] {
  return summaries(secrets, ({ namespace }) => namespace)
}

/** By context and tenant. */
export function tenantSummaries(secrets: readonly SecretStatus[]): Summary[] {
  return summaries(secrets, () => undefined)
}

function summaries(secrets: readonly SecretStatus[], namespaceOf: (secret: SecretStatus) => string | undefined): Summary[] {
  const groups = new Map<string, Summary>()
  for (const secret of secrets) {
    const [namespace, tenant] = [namespaceOf(secret), tenantText(secret)]
    const id = JSON.stringify([secret.context, namespace, tenant])
    const group = groups.get(id) ?? {
      context: secret.context,
      ...(namespace !== undefined && { namespace }),
      tenant,
      total: 0,
      counts: none(),
    }
    groups.set(id, group)
    group.total += 1
    group.counts[secret.state] += 1
    if (secret.expiresAt !== undefined && (group.firstExpiry === undefined || secret.expiresAt < group.firstExpiry))
      group.firstExpiry = secret.expiresAt
  }
  return [...groups.values()].sort(
    (a, b) => badOf(b) - badOf(a) || a.context.localeCompare(b.context) || (a.namespace ?? a.tenant).localeCompare(b.namespace ?? b.tenant),
  )
}

function none(): Record<State, number> {
  return { NeverInjected: 0, Expired: 0, Conflict: 0, Due: 0, Fresh: 0 }
}

function badOf({ counts }: Summary): number {
  return states.slice(0, 3).reduce((sum, state) => sum + counts[state], 0)
}

export function tenantText({ tenant }: Pick<SecretStatus, 'tenant'>): string {
  return tenant === undefined ? '?' : (tenant ?? '-')
}
