import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { permissionsOf, sharedPrincipals } from '@ecr-anywhere/shared/tenant-principals.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'

/**
 * Finds the tenants that get no credentials because they share a principal with a tenant whose `allowedRegistries` differ. The lists would
 * have no effect, because both tenants get the same token. Tenants whose principal is not known yet are not compared.
 *
 * @param principals the principals that AWS has reported so far, by tenant
 * @returns by tenant, the Fault `settings` with which its Secrets are denied
 */
export function refusedTenants(
  tenants: ReadonlyMap<string, Tenant>,
  principals: ReadonlyMap<string, { arn?: string }>,
): ReadonlyMap<string, Fault> {
  const all = [...tenants.values()]
  const principal = (tenant: Tenant) => principalIn(principals.get(tenant.name)?.arn, tenant)
  const refused = new Map<string, Fault>()
  for (const one of all) {
    const others = all.filter(other => other !== one && sharedPrincipals([one, other], principal).length > 0)
    if (others.length > 0) refused.set(one.name, sharedPrincipal(one, others))
  }
  return refused
}

/** Adds to the principals the reason for each refused tenant, for `/status`. */
export function withRefusals<P extends { error?: unknown }>(
  principals: ReadonlyMap<string, P>,
  refused: ReadonlyMap<string, Fault>,
): ReadonlyMap<string, P> {
  const withRefusal = ([name, known]: [string, P]): [string, P] => {
    const fault = refused.get(name)
    return [name, fault === undefined ? known : { ...known, error: fault }]
  }
  return new Map([...principals].map(withRefusal))
}

/** A session's ARN without the session's name, which the webhook itself chooses, and what distinguishes it from other sessions of the role. */
function principalIn(arn: string | undefined, tenant: Tenant): string | undefined {
  return arn === undefined ? undefined : `${arn.replace(/(:assumed-role\/[^/]+)\/.*/, '$1')} ${permissionsOf(tenant)}`
}

function sharedPrincipal({ name }: Tenant, others: readonly Tenant[]): Fault {
  return new Fault('settings', {
    code: 'SharedPrincipal',
    found: `that tenant ${name} has the principal of tenant ${others.map(other => other.name).join(', ')} and different allowedRegistries`,
    wanted: 'a role or repositories for each, or the same list',
    todo: 'Change the tenants in CONFIG_FILE (the chart: `tenants`). None of them gets credentials until then.',
  })
}
