import type { ServerResponse } from 'node:http'
import type { Answer } from './exchange.ts'

/** Sends half of an answer and closes the connection. The Content-Length is larger than the body, so a client detects the cut. */
export function cut(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) })
  response.write(half(body), () => response.destroy())
}

/** The first half of a body, which is sent as if it were whole. */
export function half(body: string): string {
  return body.slice(0, body.length / 2)
}
