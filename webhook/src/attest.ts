import { timingSafeEqual } from 'node:crypto'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import type { Request } from './review.ts'

/** The tickets that each tenant's reviews may carry now: the present one, during a rotation the next and the previous. As bytes of base64. */
export type Tickets = ReadonlyMap<string, readonly Uint8Array[]>

/**
 * Lets through only reviews that an API server sent: its admission policy wrote the tenant's ticket into the object, and nobody else has it.
 *
 * @param tickets undefined where attestation is off
 * @throws Fault `input` for a review without a ticket of its tenant; which part is wrong is not told
 */
export function attest({ object }: Request, tenant: string, tickets: Tickets | undefined): void {
  if (tickets === undefined) return
  const shown = Buffer.from(object.metadata.annotations?.[annotations.attestation] ?? '')
  // All are compared, so that the time tells nothing about which one fits; their length is no secret.
  const fitting = (tickets.get(tenant) ?? []).filter(ticket => ticket.length === shown.length && timingSafeEqual(ticket, shown))
  if (fitting.length > 0) return
  throw new Fault('input', {
    code: 'NotAttested',
    found: `a review without the ticket of tenant ${tenant}`,
    wanted: "a review that this cluster's API server attested",
    todo: 'Are the MutatingAdmissionPolicy of this tenant, its binding and the ticket Secret there (`ecr-anywhere certs` makes the tickets)?',
  })
}
