import { type AwsConfig, isListedRegion } from '@ecr-anywhere/shared/aws/aws-config.ts'
import { ecrTokens } from '@ecr-anywhere/shared/aws/ecr.ts'
import { ambientIdentity, type IdentityOptions, tenantIdentity } from '@ecr-anywhere/shared/aws/identity.ts'
import type { Principal } from '@ecr-anywhere/shared/aws/sts.ts'
import { ownRegistryHost, partitionOfArn } from '@ecr-anywhere/shared/partition.ts'
import { parseRegistry } from '@ecr-anywhere/shared/registry.ts'
import type { Scope } from '@ecr-anywhere/shared/scope.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { homeScopes } from '../tokens/home-scopes.ts'

/** The AWS calls for one tenant. All functions throw Fault `transient`. */
export interface TenantClient {
  principal: (limitMs: number) => Promise<Principal>
  ownRegistry: (limitMs: number) => Promise<string>
  token: (scope: Scope) => Promise<Token>
  /** The scopes that the tenant is expected to need. */
  homes: readonly Scope[]
  /** Whether the SDK lists this region, or the settings name it. A new region may be missing in the SDK. */
  isRegion: (region: string) => boolean
  /** Undefined until it is known from a role's ARN or from AWS. */
  partition: () => string | undefined
}

export interface TenantClientsOptions extends IdentityOptions {
  nowMs: () => number
}

/** Creates one client per tenant. The tenants share nothing but the ambient identity. */
export function tenantClients(tenants: ReadonlyMap<string, Tenant>, options: TenantClientsOptions): ReadonlyMap<string, TenantClient> {
  const ambient = ambientIdentity(options)
  const { config, env, nowMs } = options
  return new Map(
    [...tenants].map(([name, tenant]) => {
      const { sessions, region, roleArn, principal: ask } = tenantIdentity(tenant, ambient, options)
      const named = namedRegions(tenant, config)
      const ambientRoleArn = tenant.profile === undefined ? env.AWS_ROLE_ARN : undefined
      let partition = partitionOfArn(roleArn ?? ambientRoleArn)
      const principal = async (limitMs: number) => {
        const found = await ask(limitMs)
        partition = found.partition
        return found
      }
      return [
        name,
        {
          principal,
          ownRegistry: async limitMs => ownRegistryHost({ ...(await principal(limitMs)), region }),
          token: ecrTokens({ config, tenant: name, roleArn, sessions, nowMs }),
          homes: homeScopes(tenant, region),
          isRegion: region => isListedRegion(region) || named.has(region),
          partition: () => partition,
        },
      ]
    }),
  )
}

function namedRegions({ registries }: Tenant, { region }: AwsConfig): Set<string> {
  const regions = (registries ?? []).map(parseRegistry).map(registry => (registry.kind === 'private' ? registry.region : region))
  return new Set([region, ...regions])
}
