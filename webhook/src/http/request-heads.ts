import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Closes connections on which the head of a request has begun and does not arrive completely in time. The timeouts of Node count the time
 * before the first byte as well. They must not do this job: the API server opens connections that it uses only minutes later, because Go
 * opens one when a request waits, and that request may take another connection that becomes idle first. If such a connection is closed just
 * when it is used, a write of a Secret fails with "broken pipe" (seen on a busy machine).
 *
 * @param connected the event with a socket on which requests are sent: `secureConnection`, or `connection` without TLS
 */
export function boundRequestHeads(
  server: Server,
  { connected, limitMs, checkEveryMs }: { connected: 'secureConnection' | 'connection'; limitMs: number; checkEveryMs: number },
): void {
  // For each connection: how many bytes had been read when its last request ended, undefined during a request, and since when there are more.
  // An entry is changed and never replaced: a Map that gains and loses an entry with each request keeps ended requests in memory.
  const connections = new Map<Socket, { bytesRead: number | undefined; begunAtMs?: number | undefined }>()

  server.on(connected, (socket: Socket) => {
    connections.set(socket, { bytesRead: socket.bytesRead })
    socket.once('close', () => connections.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const state = connections.get(socket)
    if (state === undefined) return
    state.bytesRead = undefined
    state.begunAtMs = undefined
    response.once('close', () => {
      state.bytesRead = socket.bytesRead
    })
  })
  const timer = setInterval(() => {
    const nowMs = performance.now()
    for (const [socket, state] of connections) {
      if (state.bytesRead === undefined || socket.bytesRead === state.bytesRead) continue
      state.begunAtMs ??= nowMs
      if (nowMs - state.begunAtMs > limitMs) socket.destroy()
    }
  }, checkEveryMs).unref()
  server.once('close', () => clearInterval(timer))
}
