import { ownRegistryHost, partitionOfRegion } from '@ecr-anywhere/shared/partition.ts'
import { matchesHost, parseRegistry } from '@ecr-anywhere/shared/registry.ts'
import { type Scope, scopeId, scopeOf } from '@ecr-anywhere/shared/scope.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'

/**
 * The scopes whose tokens a tenant is expected to need: those of its `registries`; else that of its principal's own registry; where the
 * allow-list excludes that, those of the hosts that the list spells out.
 *
 * @param region the tenant's own
 */
export function homeScopes({ registries, allowedRegistries }: Pick<Tenant, 'registries' | 'allowedRegistries'>, region: string): Scope[] {
  const own: Scope = { kind: 'private', region, fips: false, dualStack: false }
  const isOwnAllowed = allowedRegistries?.some(pattern => coversOwn(pattern, region)) ?? true
  const spelledOut = (allowedRegistries ?? []).filter(pattern => !pattern.includes('*'))
  const hosts = registries ?? (isOwnAllowed ? [] : spelledOut)
  const scopes = new Map(
    hosts
      .map(parseRegistry)
      .map(scopeOf)
      .map(scope => [scopeId(scope), scope]),
  )
  return scopes.size > 0 ? [...scopes.values()] : [own]
}

/** Can a pattern match the own registry of some account? Which account it is, only AWS can say. */
function coversOwn(pattern: string, region: string): boolean {
  const own = ownRegistryHost({ account: '', region, partition: partitionOfRegion(region) ?? 'aws' })
  return matchesHost(withoutAccount(pattern), withoutAccount(own))
}

function withoutAccount(host: string): string {
  return host.slice(host.indexOf('.') + 1)
}
