import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tickets } from '../admission/authenticate.ts'
import { watched } from './watched.ts'

/** A shorter one could be guessed: `certs` makes 32 random bytes. */
export const minTicketBytes = 16

export interface TicketsOptions {
  /** The mounted ticket Secret: files `<tenant>`, during a rotation `<tenant>.next` and `<tenant>.previous`. */
  dir: string
  onTickets: (tickets: Tickets) => void
  onProblem: (problem: string) => void
}

/** Takes up the mounted tickets now and whenever they change. @returns a function that stops it */
export function serveTickets({ dir, onTickets, onProblem }: TicketsOptions): Promise<() => void> {
  return watched({ folders: [dir], look: async () => onTickets(await readTickets(dir)), onProblem })
}

async function readTickets(dir: string): Promise<Tickets> {
  const tickets = new Map<string, Uint8Array[]>()
  // kubelet's own `..data` and its dated folders are no tickets.
  const files = (await readdir(dir)).filter(name => !name.startsWith('.'))
  for (const name of files) {
    const bytes = await readFile(join(dir, name))
    if (bytes.length < minTicketBytes) continue
    const tenant = name.replace(/\.(next|previous)$/, '')
    tickets.set(tenant, [...(tickets.get(tenant) ?? []), Buffer.from(bytes.toString('base64'))])
  }
  return tickets
}
