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
  // In the order in which they were opened. Each trusted one has a number that is higher than those that were trusted before.
  const open = new Map<string, { socket: Socket; trustedAs?: number }>()
  let lastTrusted = 0

  function closeOne(): void {
    const [id, { socket }] = [...open].reduce((first, next) => ((next[1].trustedAs ?? 0) < (first[1].trustedAs ?? 0) ? next : first))
    open.delete(id)
    socket.destroy()
  }

  // Node's own limit, which refuses the newest connection, is one higher, so that the choice above is made first.
  server.maxConnections = max + 1
  server.on('connection', (socket: Socket) => {
    if (open.size >= max) closeOne()
    const id = idOf(socket)
    open.set(id, { socket })
    socket.once('close', () => {
      if (open.get(id)?.socket === socket) open.delete(id)
    })
  })

  return {
    trust: socket => {
      const found = open.get(idOf(socket))
      if (found === undefined) return
      lastTrusted += 1
      found.trustedAs = lastTrusted
    },
    isTrusted: socket => open.get(idOf(socket))?.trustedAs !== undefined,
  }
}

/** A TLS connection and the TCP connection below it are two objects with one address. */
function idOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
