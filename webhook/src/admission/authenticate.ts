import { timingSafeEqual } from 'node:crypto'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import type { Admission } from './admit.ts'
import { deny } from './reply.ts'
import type { Request } from './review.ts'

/** The tickets that each tenant's reviews may carry now: the present one, during a rotation the next and the previous. As bytes of base64. */
export type Tickets = ReadonlyMap<string, readonly Uint8Array[]>

export interface ScreenContext {
  tenantName: string
  /** Names of all tenants. */
  tenants: { has: (name: string) => boolean }
  /** Undefined where attestation is off. */
  tickets: Tickets | undefined
}

/**
 * Refuses a body that holds no ticket of any tenant, by its bytes alone: to parse what a stranger sends could take more memory than there is.
 *
 * @returns the denial, or undefined for a body that shall be parsed
 * @throws Fault `input` if there is nobody to deny it to: the text does not begin as an API server's review does
 */
export function screen(body: Buffer, { tenantName, tenants, tickets }: ScreenContext): Admission | undefined {
  if (tickets === undefined || carriesTicket(body, tenantName, tickets)) return undefined
  const fault = notAttested(tenantName)
  const uid = beginning.exec(body.toString('latin1', 0, beginningBytes))?.[1]
  if (uid === undefined) throw fault
  const tenant = tenants.has(tenantName) ? tenantName : 'unknown'
  return { reply: deny(uid, fault), result: 'denied', record: { uid, tenant, why: fault.message } }
}

/**
 * Lets through only reviews that an API server sent: its admission policy wrote the tenant's ticket into the object, and nobody else has it.
 *
 * @param tickets undefined where attestation is off
 * @throws Fault `input` for a review without a ticket of its tenant; which part is wrong is not said
 */
export function authenticate({ object }: Request, tenant: string, tickets: Tickets | undefined): void {
  if (tickets === undefined) return
  const shown = Buffer.from(object.metadata.annotations?.[annotations.attestation] ?? '')
  if (!isOneOf(tickets.get(tenant) ?? [], shown)) throw notAttested(tenant)
}

/** The annotation as an API server writes it: neither key nor base64 is ever escaped, and within a text the quotes would be. */
const annotation = Buffer.from(`"${annotations.attestation}":"`)
/** It stands once; a label of that name, or an old object that was stored with one, makes it at most four. */
const maxAnnotations = 4

/**
 * Looks for the annotation, which is public, and compares what follows it with the tickets. A search for a ticket itself would give it away:
 * its time depends on which bytes the ticket has where, and 8 MB of guesses make that long enough to measure.
 */
function carriesTicket(body: Buffer, tenantName: string, tickets: Tickets): boolean {
  const own = tickets.get(tenantName) ?? []
  const all = [...tickets.values()].flat()
  let at = body.indexOf(annotation)
  for (let seen = 0; at !== -1 && seen < maxAnnotations; seen += 1) {
    const start = at + annotation.length
    const shown = body.subarray(start, body.indexOf('"', start))
    if (isOneOf(own, shown) || isOneOf(all, shown)) return true
    at = body.indexOf(annotation, start)
  }
  return false
}

/** All are compared, so that the time tells nothing about which one fits; their length is no secret. */
function isOneOf(tickets: readonly Uint8Array[], shown: Buffer): boolean {
  return tickets.filter(ticket => ticket.length === shown.length && timingSafeEqual(ticket, shown)).length > 0
}

/** A review's first bytes, as Go writes them: kind and apiVersion, then the request, whose first field is the uid. */
const beginning = /^\{[^{}]*"request":\{"uid":"([\w-]{1,64})"/
const beginningBytes = 256

function notAttested(tenantName: string): Fault {
  // A stranger's path is quoted only as far as it could be a tenant's name.
  const tenant = /^[a-z0-9-]{1,63}$/.test(tenantName) ? tenantName : '<tenant>'
  return new Fault('input', {
    code: 'NotAttested',
    found: `a review without the ticket of tenant ${tenant}`,
    wanted: "a review that this cluster's API server attested",
    todo: [
      `Check, in this order: are the MutatingAdmissionPolicy ecr-anywhere-tenant-${tenant} and its binding there (\`helm upgrade\` restores`,
      `them)? Does another mutating webhook remove the annotation ${annotations.attestation}? Was the ticket made within the last two`,
      'minutes, so that the webhook cannot have it yet?',
    ].join(' '),
  })
}
