import { ownRegistryHost, partitionOfRegion } from '@ecr-anywhere/shared/partition.ts'
import { matchesHost, parseRegistry } from '@ecr-anywhere/shared/registry.ts'
import { type Scope, scopeId, scopeOf } from '@ecr-anywhere/shared/scope.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'

/**
 * The scopes whose tokens a tenant is expected to need: those of its `registries`; if there are none, that of its principal's own registry;
 * if `allowedRegistries` excludes that one, those of the hosts in `allowedRegistries` that have no wildcard.
 *
 * @param region the tenant's own region
 */
export function homeScopes({ registries, allowedRegistries }: Pick<Tenant, 'registries' | 'allowedRegistries'>, region: string): Scope[] {
  const own: Scope = { kind: 'private', region, fips: false, dualStack: false }
  const isOwnAllowed = allowedRegistries?.some(pattern => coversOwn(pattern, region)) ?? true
  const exactHosts = (allowedRegistries ?? []).filter(pattern => !pattern.includes('*'))
  const hosts = registries ?? (isOwnAllowed ? [] : exactHosts)
  const scopes = new Map(
    hosts
      .map(parseRegistry)
      .map(scopeOf)
      .map(scope => [scopeId(scope), scope]),
  )
  return scopes.size > 0 ? [...scopes.values()] : [own]
}

/** Whether a pattern can match the own registry of any account. The tenant's account is not known before AWS answers. */
function coversOwn(pattern: string, region: string): boolean {
  const own = ownRegistryHost({ account: '', region, partition: partitionOfRegion(region) })
  return matchesHost(withoutAccount(pattern), withoutAccount(own))
}

function withoutAccount(host: string): string {
  return host.slice(host.indexOf('.') + 1)
}
