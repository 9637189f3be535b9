import type { Tenant } from './tenants.ts'

/**
 * Finds pairs of tenants that share a principal but have different allow-lists. The lists have no effect, because the token is the same.
 *
 * @param principal returns a tenant's principal, or undefined if it is not known yet
 */
export function sharedPrincipals(tenants: readonly Tenant[], principal: (tenant: Tenant) => string | undefined): string[] {
  return tenants.flatMap((one, at) =>
    tenants
      .slice(at + 1)
      .filter(other => principal(one) !== undefined && principal(one) === principal(other) && allowList(one) !== allowList(other))
      .map(
        other =>
          `CONFIG_FILE: found tenants ${one.name} and ${other.name} with one principal and different allowedRegistries, wanted a role or repositories for each, or the same list`,
      ),
  )
}

/** A tenant's principal according to the settings. */
export function principalOf(tenant: Tenant, ambientRoleArn: string | undefined): string {
  const { roleArn, webIdentity, profile } = tenant
  const identity =
    roleArn ?? (profile === undefined ? undefined : `profile ${profile}`) ?? webIdentity?.roleArn ?? ambientRoleArn ?? 'ambient'
  return `${identity} ${permissionsOf(tenant)}`
}

/** What distinguishes the permissions of two sessions of one role: the session policy, and the tags, on which the role's policies may depend. */
export function permissionsOf({ repositories, sessionTags = {} }: Pick<Tenant, 'repositories' | 'sessionTags'>): string {
  return JSON.stringify([repositories?.toSorted() ?? null, sessionTags])
}

function allowList({ allowedRegistries }: Tenant): string {
  return JSON.stringify(allowedRegistries === undefined ? null : [...allowedRegistries].sort())
}
