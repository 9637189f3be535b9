import { once } from 'node:events'
import https from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { type ConnectionOptions, connect } from 'node:tls'

export interface Answer {
  status: number
  headers: NodeJS.Dict<string | string[]>
  body: string
  /** The SHA-256 of the serving certificate. */
  fingerprint: string
}

export function portOf({ server }: { server: Server }): number {
  return (server.address() as AddressInfo).port
}

/** Sends a POST on a new connection or on that of an agent. */
export async function call(port: number, options: https.RequestOptions, body = ''): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const request = https.request({ host: 'localhost', port, method: 'POST', path: '/sync', headers, agent: false, ...options })
  request.end(body)
  const [answer] = await once(request, 'response')
  const { fingerprint256: fingerprint } = answer.socket.getPeerCertificate()
  const parts = await Array.fromAsync(answer as AsyncIterable<Buffer>)
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString(), fingerprint }
}

/** Sends bytes on a TLS connection and waits until the server closes it. @returns the received data */
export async function sendRaw(port: number, options: ConnectionOptions, bytes: string): Promise<string> {
  const socket = connect({ host: 'localhost', port, servername: 'localhost', ...options })
  let answer = ''
  socket.on('data', part => {
    answer += part
  })
  socket.on('error', () => {})
  socket.write(bytes)
  await once(socket, 'close')
  return answer
}
