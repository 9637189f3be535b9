import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { Test } from 'tap'

export interface ConnectProxy {
  /** `127.0.0.1:PORT` */
  address: string
  /** The targets of its CONNECT requests, and other requests as `GET /path`. */
  asked: string[]
}

/**
 * A forward proxy that supports only CONNECT and connects every name to one port of this machine.
 *
 * @param login the required `user:password`, if any
 */
export async function connectProxy(t: Test, port: number, login?: string): Promise<ConnectProxy> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(405).end()
  })
  server.on('connect', (request, client: Socket) => {
    asked.push(request.url ?? '')
    const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) {
      return client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
    }
    const onward = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'))
    // Either end may close the connection at any time.
    pipeline(client, onward, client).catch(() => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}
