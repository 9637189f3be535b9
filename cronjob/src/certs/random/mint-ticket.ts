import { randomBytes } from 'node:crypto'

/** More than anybody can guess; base64 of it is short enough for an annotation. */
export const ticketBytes = 32

/** A new ticket, base64, as it stands in the Secret and as the API server's policy writes it. */
export function mintTicket(): string {
  return randomBytes(ticketBytes).toString('base64')
}
