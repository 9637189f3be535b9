/** What the ticket Secret holds: base64 by key `<tenant>`, `<tenant>.next`, `<tenant>.previous`. */
export interface TicketState {
  data: Readonly<Record<string, string>>
  /** When the present phase began: of a rotation, or of the time between two. */
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

/** A ticket is used for this long: whoever read one from a backup or an audit log has it no longer. */
export const ticketLifeMs = 30 * 24 * 3_600_000

/**
 * The next content of the ticket Secret, or undefined if it is right as it is. The policy reads `<tenant>` from the API server at once,
 * while webhooks read mounted files that lag: so a next ticket is published to the files first, then made the policy's, and the previous
 * one is accepted until reviews under way are done. One write a phase, each safe to repeat.
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
    // A tenant that comes or goes does not put off anybody's rotation.
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
