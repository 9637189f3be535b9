import { type AwsConfig, isListedRegion } from '@ecr-anywhere/shared/aws/config.ts'
import { ecrTokens } from '@ecr-anywhere/shared/aws/ecr.ts'
import { ambientIdentity, type IdentityOptions, tenantIdentity } from '@ecr-anywhere/shared/aws/identity.ts'
import type { Principal } from '@ecr-anywhere/shared/aws/sts.ts'
import { ownRegistryHost, parseRegistry } from '@ecr-anywhere/shared/registry.ts'
import type { Scope } from '@ecr-anywhere/shared/scope.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'

/** What a tenant can ask of AWS. All functions throw Fault `passing`. */
export interface TenantClient {
  principal: (limitMs: number) => Promise<Principal>
  ownRegistry: (limitMs: number) => Promise<string>
  token: (scope: Scope) => Promise<Token>
  /** Does AWS list this region, or did an operator name it (one that is newer than the SDK)? */
  isRegion: (region: string) => boolean
}

/** One client per tenant: nothing but the ambient identity is shared between them. */
export function tenantClients(tenants: ReadonlyMap<string, Tenant>, options: IdentityOptions): ReadonlyMap<string, TenantClient> {
  const ambient = ambientIdentity(options)
  const { config } = options
  return new Map(
    [...tenants].map(([name, tenant]) => {
      const identity = tenantIdentity(tenant, ambient, options)
      const named = namedRegions(tenant, config)
      return [
        name,
        {
          principal: identity.principal,
          ownRegistry: async limitMs => ownRegistryHost({ ...(await identity.principal(limitMs)), region: identity.region }),
          token: ecrTokens({ config, tenant: name, roleArn: identity.roleArn, sessions: identity.sessions, nowMs: Date.now }),
          isRegion: region => isListedRegion(region) || named.has(region),
        },
      ]
    }),
  )
}

function namedRegions({ registries }: Tenant, { region }: AwsConfig): Set<string> {
  const regions = (registries ?? []).map(parseRegistry).map(registry => (registry.kind === 'private' ? registry.region : region))
  return new Set([region, ...regions])
}
