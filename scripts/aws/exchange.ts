import type { IncomingMessage, ServerResponse } from 'node:http'

/** What a server says back, as a value: decided first, sent after. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Serves one kind of address; `emulator.ts` holds the table of them. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Reads a whole request body: every API of AWS that is emulated here takes small ones. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Sends an answer whole. */
export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body)
}

/** An answer in JSON, indented: people read these with curl. */
export function json(status: number, value: unknown): Answer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify(value, undefined, 2)}\n` }
}
