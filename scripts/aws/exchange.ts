import type { IncomingMessage, ServerResponse } from 'node:http'

/** An answer as a value, which is sent later. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Serves one kind of address. `emulator.ts` contains the table of them. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Reads a whole request body. Every emulated API has small bodies. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Sends a whole answer. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body)
}

/** An answer in JSON. It is indented because users read it with curl. */
export function json(status: number, value: unknown): Answer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify(value, undefined, 2)}\n` }
}
