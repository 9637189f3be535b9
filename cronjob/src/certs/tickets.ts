/** The content of the ticket Secret, in base64 under the keys `<tenant>`, `<tenant>.next` and `<tenant>.previous`. */
export interface TicketState {
  data: Readonly<Record<string, string>>
  /** When the present phase began: a phase of a rotation, or the time between two rotations. */
  phaseSinceMs: number | undefined
}

export interface TicketOptions {
  tenants: readonly string[]
  nowMs: number
  reloadMs: number
  mint: () => string
}

export interface TicketContent {
  data: Record<string, string>
  phaseSinceMs: number
}

/** Tickets are rotated after this time, so that a ticket copied from a backup or an audit log stops working. */
export const ticketLifeMs = 30 * 24 * 3_600_000

/**
 * The next content of the ticket Secret, or undefined if it needs no change. The policy reads `<tenant>` from the API server immediately,
 * while kubelet updates the files that webhooks mount with a delay. So a next ticket is published to the files before the policy uses it,
 * and the previous ticket is accepted until reviews in flight are answered. Each phase is one write, which is safe to repeat.
 */
export function nextTickets(
  { data, phaseSinceMs }: TicketState,
  { tenants, nowMs, reloadMs, mint }: TicketOptions,
): TicketContent | undefined {
  const of = (suffix: string) => Object.fromEntries(tenants.map(tenant => [tenant, data[`${tenant}${suffix}`]]))
  const [present, next, previous] = [of(''), of('.next'), of('.previous')]
  const write = (keys: (tenant: string) => Record<string, string | undefined>) => ({ data: defined(tenants, keys), phaseSinceMs: nowMs })

  const known = new Set(tenants.flatMap(tenant => [tenant, `${tenant}.next`, `${tenant}.previous`]))
  const isComplete =
    tenants.every(tenant => present[tenant]) && Object.keys(data).every(key => known.has(key)) && phaseSinceMs !== undefined
  if (!isComplete) {
    const content = write(tenant => ({ '': present[tenant] || mint(), '.next': next[tenant], '.previous': previous[tenant] }))
    // Adding or removing a tenant does not delay the rotation of the others.
    return { ...content, phaseSinceMs: phaseSinceMs ?? nowMs }
  }
  const phaseMs = nowMs - phaseSinceMs
  if (tenants.some(tenant => next[tenant])) {
    return phaseMs < reloadMs ? undefined : write(tenant => ({ '': next[tenant] ?? present[tenant], '.previous': present[tenant] }))
  }
  if (tenants.some(tenant => previous[tenant])) return phaseMs < reloadMs ? undefined : write(tenant => ({ '': present[tenant] }))
  return phaseMs < ticketLifeMs ? undefined : write(tenant => ({ '': present[tenant], '.next': mint() }))
}

function defined(tenants: readonly string[], keys: (tenant: string) => Record<string, string | undefined>): Record<string, string> {
  const all = tenants.flatMap(tenant => Object.entries(keys(tenant)).map(([suffix, value]) => [`${tenant}${suffix}`, value] as const))
  return Object.fromEntries(all.filter((entry): entry is readonly [string, string] => Boolean(entry[1])))
}
