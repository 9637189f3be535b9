import type { Server, Socket } from 'node:net'

export interface Connections {
  /** Notes that whoever is at the other end has shown to be the API server. */
  trust: (socket: Socket) => void
  isTrusted: (socket: Socket) => boolean
}

/**
 * Bounds a server's open connections. One more than `max` closes another: first those that have not shown who they are, the oldest first,
 * then the one that was not used for longest. So whoever only holds connections open keeps nobody out.
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

  // Behind the choice above stands Node's own limit, which refuses the newest.
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
