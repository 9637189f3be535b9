import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { createSecureContext, TLSSocket } from 'node:tls'
import { mintCa, mintServer } from '../cluster/pki.ts'

export interface PublicFront {
  /** What HTTPS_PROXY is set to. */
  url: string
  /** The CA of all the certificates, in PEM. */
  ca: string
  /** The hosts and ports that were connected to. */
  connected: string[]
  stop: () => void
}

/**
 * A forward proxy (CONNECT) that presents itself as the public hosts, with certificates of its own CA, and leads each to an emulator. So
 * clients of every kind are run with the real names of AWS and of registries.
 *
 * @param ports the port of the emulator of each host
 */
export async function startPublicFront(ports: Readonly<Record<string, number>>): Promise<PublicFront> {
  const connected: string[] = []
  const ca = await mintCa('public-front')
  const secureContext = createSecureContext(await mintServer(ca, { name: 'public-host', dnsNames: Object.keys(ports) }))
  const sockets = new Set<Socket>()
  const server = createServer((_, response) => response.writeHead(405).end())
  server.on('connect', ({ url = '' }, client: Socket) => {
    connected.push(url)
    sockets.add(client)
    const port = ports[url.replace(/:443$/, '')]
    if (port === undefined) return client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    const plain = new TLSSocket(client, { isServer: true, secureContext })
    // Either end may go away at any time.
    pipeline(plain, connect(port, '127.0.0.1'), plain).catch(() => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: ca.cert,
    connected,
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
