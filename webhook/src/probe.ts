import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { probeWarnings } from '@ecr-anywhere/shared/names.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import type { Outcome } from './inject.ts'
import type { TenantState } from './tenant-state.ts'

export interface ProbeWorld {
  /** Can the tenant's Secrets be filled now? What is known; nothing is waited for. */
  tenantState: (tenant: Tenant) => TenantState
  /** Asks AWS in the background for what the tenant lacks: what it said minutes ago may have been corrected since. */
  askAgain: (tenant: Tenant) => void
}

/**
 * The answer to a probe: what becomes of the Secret in any dry run, with the tenant's state as its only warning.
 *
 * @throws Fault whose message is AWS's sentence: `settings` where no retry helps, else `transient`
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
  // The whole sentence as it is: it says already what was found, what is wanted and what to do.
  fault.message = cause
  return fault
}
