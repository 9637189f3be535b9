import type { Tickets } from './admission/authenticate.ts'
import { type Validity, whyNotValid } from './files/validity.ts'

/** The current state of everything that the webhook needs to serve. */
export interface Parts {
  draining: boolean
  /** Undefined until one is loaded. */
  pair: Validity | undefined
  /** Undefined if attestation is disabled. */
  tickets: Tickets | undefined
  /** Undefined if client certificates are not required; an empty list until the CA file could be read. */
  clientCa: readonly Validity[] | undefined
  /** Undefined if the webhook is no aggregated API; otherwise why it cannot recognize the API server, or undefined if it can. */
  frontProxy?: { problem: string | undefined } | undefined
}

/** For each part the reason why it is not ready, or undefined if it is ready. */
export type Readiness = Readonly<Record<'shutdown' | 'certificate' | 'tickets' | 'client_ca' | 'front_proxy', string | undefined>>

/**
 * Determines whether the webhook can serve. Readiness does not depend on AWS.
 *
 * A pod first becomes ready when it has a ticket for each tenant: in a rolling update that adds a tenant, the new pods wait until kubelet
 * mounts its ticket, while the old pods serve the other tenants. Later, a missing ticket affects only the requests of its tenant: all pods
 * would lack it at the same time, and if they became unready, they would serve no tenant. Without any ticket a pod is never ready.
 */
export function readiness(tenants: readonly string[]): (parts: Parts, nowMs: number) => Readiness {
  let hadAllTickets = false

  function ofTickets(tickets: Tickets): string | undefined {
    const missing = tenants.filter(name => (tickets.get(name) ?? []).length === 0)
    if (missing.length === 0) hadAllTickets = true
    if (missing.length === 0 || (hadAllTickets && missing.length < tenants.length)) return undefined
    const named =
      missing.length > maxNamed ? `${missing.slice(0, maxNamed).join(', ')} and ${missing.length - maxNamed} more` : missing.join(', ')
    return `no ticket of tenant ${named} in ATTESTATION_DIR; \`ecr-anywhere certs\` creates it, and kubelet mounts it within two minutes`
  }

  return ({ draining, pair, tickets, clientCa, frontProxy }, nowMs) => ({
    shutdown: draining ? 'shutting down' : undefined,
    certificate: ofCertificate(pair, nowMs),
    tickets: tickets === undefined ? undefined : ofTickets(tickets),
    client_ca: clientCa === undefined ? undefined : ofClientCa(clientCa, nowMs),
    front_proxy: frontProxy?.problem,
  })
}

/** The first reason why it is not ready, or undefined if it is. */
export function notReadyReason(parts: Readiness): string | undefined {
  return Object.values(parts).find(why => why !== undefined)
}

/** The number of tickets of each tenant; undefined if attestation by tickets is disabled. */
export function ticketCounts(tenants: Iterable<string>, tickets: Tickets | undefined): Map<string, number> | undefined {
  return tickets && new Map([...tenants].map(name => [name, tickets.get(name)?.length ?? 0]))
}

const maxNamed = 5

function ofCertificate(pair: Validity | undefined, nowMs: number): string | undefined {
  if (pair === undefined) return 'no serving certificate in CERT_FILE and KEY_FILE yet'
  const why = whyNotValid(pair, nowMs)
  return why === undefined ? undefined : `the serving certificate ${why}`
}

function ofClientCa(clientCa: readonly Validity[], nowMs: number): string | undefined {
  const [first] = clientCa
  if (first === undefined) return 'no certificate in CLIENT_CA_FILE yet, so clients cannot be authenticated'
  if (clientCa.some(one => whyNotValid(one, nowMs) === undefined)) return undefined
  return `no certificate in CLIENT_CA_FILE is valid: the first ${whyNotValid(first, nowMs)}`
}
