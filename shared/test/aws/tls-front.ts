import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createServer, type TLSSocket } from 'node:tls'
import { mintPki } from '@ecr-anywhere/scripts/cluster/pki.ts'
import type { Test } from 'tap'
import { filesFor } from './asking.ts'

/** Terminates TLS in front of a port, with a certificate of a new CA. @returns its own port and the file of that CA */
export async function tlsFront(t: Test, port: number): Promise<{ port: number; caFile: string }> {
  const dir = (await filesFor(t, {}))('pki')
  await mintPki(dir, ['127.0.0.1'])
  const [cert, key] = await Promise.all(['apiserver.crt', 'apiserver.key'].map(name => readFile(join(dir, name))))
  const sockets = new Set<TLSSocket>()
  const server = createServer({ cert, key }, socket => {
    sockets.add(socket)
    // Either end may close the connection at any time.
    pipeline(socket, connect(port, '127.0.0.1'), socket).catch(() => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { port: (server.address() as AddressInfo).port, caFile: join(dir, 'ca.crt') }
}
