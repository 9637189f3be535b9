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
  // Connections between two requests: how many bytes had been read when the last one ended, and since when there are more.
  const waiting = new Map<Socket, { bytesRead: number; begunAtMs?: number }>()
  const wait = (socket: Socket) => {
    if (!socket.destroyed) waiting.set(socket, { bytesRead: socket.bytesRead })
  }

  server.on(connected, (socket: Socket) => {
    wait(socket)
    socket.once('close', () => waiting.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    waiting.delete(socket)
    response.once('close', () => wait(socket))
  })
  const timer = setInterval(() => {
    const nowMs = performance.now()
    for (const [socket, state] of waiting) {
      if (socket.bytesRead === state.bytesRead) continue
      state.begunAtMs ??= nowMs
      if (nowMs - state.begunAtMs > limitMs) socket.destroy()
    }
  }, checkEveryMs).unref()
  server.once('close', () => clearInterval(timer))
}
