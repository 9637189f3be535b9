import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { probeWarnings } from '@ecr-anywhere/shared/names.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import type { TenantState } from '../tenants/tenant-state.ts'
import type { Outcome } from './fill.ts'

export interface ProbeWorld {
  /** Whether the tenant's Secrets can get credentials now, as far as is known. It does not wait for AWS. */
  tenantState: (tenant: Tenant) => TenantState
  /** Asks AWS in the background for what the tenant lacks, because the cause of an earlier refusal may have been fixed since. */
  askAgain: (tenant: Tenant) => void
}

/**
 * Answers a probe: the Secret is treated as in any dry run, with the tenant's state as the only warning.
 *
 * @throws Fault with the tenant's error message: `settings` if no retry helps, else `transient`
 */
export function probed(outcome: Outcome, tenant: Tenant, { tenantState, askAgain }: ProbeWorld): Outcome {
  const state = tenantState(tenant)
  if (state.state !== 'ok') askAgain(tenant)
  if (state.state === 'failed') throw refusal(state)
  const text =
    state.state === 'ok'
      ? `${probeWarnings.ok}: tenant ${tenant.name} has a token`
      : `${probeWarnings.pending}: AWS has not answered for tenant ${tenant.name} yet`
  return { ...outcome, result: 'dry_run', why: `probe: ${state.state}`, warnings: [text] }
}

function refusal({ code, cause, definitive }: Extract<TenantState, { state: 'failed' }>): Fault {
  const fault = new Fault(definitive ? 'settings' : 'transient', { code, found: code, wanted: 'a token', todo: 'See AWS.' })
  // The message of the cause is used unchanged, because it already says what was found, what is wanted and what to do.
  fault.message = cause
  return fault
}
