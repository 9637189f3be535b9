import type { Tickets } from './admission/authenticate.ts'
import { type Validity, whyNotValid } from './files/validity.ts'

/** What the webhook has at this moment of what it cannot serve without. */
export interface Parts {
  draining: boolean
  /** Undefined while there is none. */
  pair: Validity | undefined
  /** Undefined where tickets are not wanted. */
  tickets: Tickets | undefined
  /** Undefined where client certificates are not wanted; an empty list while the CA's file could not be read. */
  clientCa: readonly Validity[] | undefined
}

/** Why it is not ready, part by part; undefined for a part that is. */
export type Readiness = Readonly<Record<'shutdown' | 'certificate' | 'tickets' | 'client_ca', string | undefined>>

/**
 * Judges whether the webhook can serve. AWS has no say in it.
 *
 * A pod begins to be ready once it has a ticket for each tenant: in a rolling update that adds a tenant, the new pods wait for kubelet to
 * mount its ticket, while the old ones serve the others. From then on one tenant's missing ticket makes it refuse that tenant only: all pods
 * would lack the ticket together, and being unready they would refuse every tenant. Without any ticket it is not ready in any case.
 */
export function readiness(tenants: readonly string[]): (parts: Parts, nowMs: number) => Readiness {
  let hadAllTickets = false

  function ofTickets(tickets: Tickets): string | undefined {
    const missing = tenants.filter(name => (tickets.get(name) ?? []).length === 0)
    if (missing.length === 0) hadAllTickets = true
    if (missing.length === 0 || (hadAllTickets && missing.length < tenants.length)) return undefined
    const named =
      missing.length > maxNamed ? `${missing.slice(0, maxNamed).join(', ')} and ${missing.length - maxNamed} more` : missing.join(', ')
    return `no ticket of tenant ${named} in ATTESTATION_DIR; \`ecr-anywhere certs\` makes it, and kubelet mounts it within two minutes`
  }

  return ({ draining, pair, tickets, clientCa }, nowMs) => ({
    shutdown: draining ? 'shutting down' : undefined,
    certificate: ofCertificate(pair, nowMs),
    tickets: tickets === undefined ? undefined : ofTickets(tickets),
    client_ca: clientCa === undefined ? undefined : ofClientCa(clientCa, nowMs),
  })
}

/** The first reason why it is not ready, or undefined if it is. */
export function notReadyReason(parts: Readiness): string | undefined {
  return Object.values(parts).find(why => why !== undefined)
}

const maxNamed = 5

function ofCertificate(pair: Validity | undefined, nowMs: number): string | undefined {
  if (pair === undefined) return 'no serving certificate in CERT_FILE and KEY_FILE yet'
  const why = whyNotValid(pair, nowMs)
  return why === undefined ? undefined : `the serving certificate ${why}`
}

function ofClientCa(clientCa: readonly Validity[], nowMs: number): string | undefined {
  const [first] = clientCa
  if (first === undefined) return 'no certificate in CLIENT_CA_FILE yet, by which callers could be known'
  if (clientCa.some(one => whyNotValid(one, nowMs) === undefined)) return undefined
  return `no certificate in CLIENT_CA_FILE is valid: the first ${whyNotValid(first, nowMs)}`
}
