import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tickets } from '../admission/authenticate.ts'
import { watched } from './watched.ts'

/** A shorter ticket could be guessed. `certs` creates tickets of 32 random bytes. */
export const minTicketBytes = 16

export interface TicketsOptions {
  /** The mounted ticket Secret, with a file `<tenant>` for each tenant and, during a rotation, `<tenant>.next` and `<tenant>.previous`. */
  dir: string
  onTickets: (tickets: Tickets) => void
  onProblem: (problem: string) => void
}

/** Loads the mounted tickets now and whenever they change. @returns a function that stops it */
export function serveTickets({ dir, onTickets, onProblem }: TicketsOptions): Promise<() => void> {
  return watched({ folders: [dir], load: async () => onTickets(await readTickets(dir)), onProblem })
}

async function readTickets(dir: string): Promise<Tickets> {
  const tickets = new Map<string, Uint8Array[]>()
  // `..data` and the dated folders belong to kubelet and are not tickets.
  const files = (await readdir(dir)).filter(name => !name.startsWith('.'))
  for (const name of files) {
    const bytes = await readFile(join(dir, name))
    if (bytes.length < minTicketBytes) continue
    const tenant = name.replace(/\.(next|previous)$/, '')
    tickets.set(tenant, [...(tickets.get(tenant) ?? []), Buffer.from(bytes.toString('base64'))])
  }
  return tickets
}
