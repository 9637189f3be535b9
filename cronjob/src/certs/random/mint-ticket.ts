import { randomBytes } from 'node:crypto'

/** 256 bits cannot be guessed, and their base64 is short enough for an annotation. */
export const ticketBytes = 32

/** A new ticket in base64, as it is stored in the Secret and as the policy writes it into reviews. */
export function mintTicket(): string {
  return randomBytes(ticketBytes).toString('base64')
}
