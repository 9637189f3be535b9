import { timingSafeEqual } from 'node:crypto'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import type { Admission } from './admit.ts'
import { deny } from './reply.ts'
import type { Request } from './review.ts'

/** The accepted tickets of each tenant: the current one and, during a rotation, the next and the previous one. As bytes of base64. */
export type Tickets = ReadonlyMap<string, readonly Uint8Array[]>

export interface ScreenContext {
  tenantName: string
  /** Names of all tenants. */
  tenants: { has: (name: string) => boolean }
  /** Undefined if attestation is disabled. */
  tickets: Tickets | undefined
}

/**
 * Refuses a body that holds no ticket of any tenant. It does not parse the body, because that could exhaust the memory.
 *
 * @returns the denial, or undefined if the body is to be parsed
 * @throws Fault `input` if no uid is found to answer: the text does not begin as a review from an API server does
 */
export function screen(body: Buffer, { tenantName, tenants, tickets }: ScreenContext): Admission | undefined {
  if (tickets === undefined || carriesTicket(body, tickets)) return undefined
  const fault = notAttested(tenantName)
  const uid = beginning.exec(body.toString('latin1', 0, beginningBytes))?.[1]
  if (uid === undefined) throw fault
  const tenant = tenants.has(tenantName) ? tenantName : 'unknown'
  return { reply: deny(uid, fault), result: 'denied', record: { uid, tenant, why: fault.message } }
}

/**
 * Accepts only reviews from this cluster's API server: its admission policy writes the tenant's ticket, which nobody else has.
 *
 * @param tickets undefined if attestation is disabled
 * @throws Fault `input` for a review without a ticket of its tenant. The message does not say which part is wrong
 */
export function authenticate({ object }: Request, tenant: string, tickets: Tickets | undefined): void {
  if (tickets === undefined) return
  const [own, shown] = [tickets.get(tenant), object.metadata.annotations?.[annotations.attestation]]
  if (own === undefined || shown === undefined || !isOneOf(own, Buffer.from(shown))) throw notAttested(tenant)
}

/** The annotation as an API server writes it. Key and value need no escaping, and inside another string its quotes would be escaped. */
const annotation = Buffer.from(`"${annotations.attestation}":"`)
/** It normally occurs once. With a label of the same name, or an old object that was stored with one, it occurs at most four times. */
const maxAnnotations = 4

/**
 * Looks for the annotation, which is public, and compares its value with the tickets. A search for the ticket itself would leak it: the
 * time that a search takes depends on the bytes of the ticket, and a body of 8 MB with guesses makes the difference measurable.
 */
function carriesTicket(body: Buffer, tickets: Tickets): boolean {
  const all = [...tickets.values()].flat()
  let at = body.indexOf(annotation)
  for (let seen = 0; at !== -1 && seen < maxAnnotations; seen += 1) {
    const start = at + annotation.length
    const shown = body.subarray(start, body.indexOf('"', start))
    if (isOneOf(all, shown)) return true
    at = body.indexOf(annotation, start)
  }
  return false
}

/** Compares with all tickets, so that the time does not depend on which one matches. The length of a ticket is not a secret. */
function isOneOf(tickets: readonly Uint8Array[], shown: Buffer): boolean {
  return tickets.filter(ticket => ticket.length === shown.length && timingSafeEqual(ticket, shown)).length > 0
}

/** The first bytes of a review, as Go writes them: kind and apiVersion, then the request, whose first field is the uid. */
const beginning = /^\{[^{}]*"request":\{"uid":"([\w-]{1,64})"/
const beginningBytes = 256

function notAttested(tenantName: string): Fault {
  // Any caller can choose the path, so the name is quoted only if it could be the name of a tenant.
  const tenant = couldBeTenant(tenantName) ? tenantName : '<tenant>'
  return new Fault('input', {
    code: 'NotAttested',
    found: `a review without the ticket of tenant ${tenant}`,
    wanted: "a review that this cluster's API server attested",
    todo: [
      `Check, in this order: do the MutatingAdmissionPolicy ecr-anywhere-tenant-${tenant} and its binding exist (\`helm upgrade\` restores`,
      `them)? Does another mutating webhook remove the annotation ${annotations.attestation}? Was the ticket created within the last two`,
      'minutes, so that the webhook may not have it yet?',
    ].join(' '),
  })
}

/** Whether a name from a request path could be the name of a tenant. Any other name is not quoted, because any caller can choose it. */
export function couldBeTenant(name: string): boolean {
  return /^[a-z0-9-]{1,63}$/.test(name)
}
