import type { Server, Socket } from 'node:net'

export interface Connections {
  /** Records that the client of this connection was authenticated as the API server. */
  trust: (socket: Socket) => void
  isTrusted: (socket: Socket) => boolean
}

/**
 * Bounds a server's open connections. A connection above `max` closes another one: the oldest that is not authenticated, or else the one
 * that was unused for the longest time. So a client that only keeps connections open cannot lock out others.
 */
export function boundConnections(server: Server, max: number): Connections {
  // In the order in which they were opened, or last trusted.
  const open = new Map<string, { socket: Socket; trusted: boolean }>()

  function closeOne(): void {
    const entries = [...open]
    const [id, { socket }] = entries.find(([, { trusted }]) => !trusted) ?? (entries[0] as (typeof entries)[0])
    open.delete(id)
    socket.destroy()
  }

  // Node's own limit, which refuses the newest connection, is one higher, so that the choice above is made first.
  server.maxConnections = max + 1
  server.on('connection', (socket: Socket) => {
    if (open.size >= max) closeOne()
    const id = idOf(socket)
    open.set(id, { socket, trusted: false })
    socket.once('close', () => {
      if (open.get(id)?.socket === socket) open.delete(id)
    })
  })

  return {
    trust: socket => {
      const id = idOf(socket)
      const found = open.get(id)
      if (found === undefined) return
      open.delete(id)
      open.set(id, { ...found, trusted: true })
    },
    isTrusted: socket => open.get(idOf(socket))?.trusted === true,
  }
}

/** A TLS connection and the TCP connection below it are two objects with one address. */
function idOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
