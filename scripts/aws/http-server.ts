import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type Handler, json, send } from './exchange.ts'

/**
 * Listens for HTTP requests; of the routes, the first whose prefix fits serves a request.
 *
 * @param port 0 takes a free one
 * @throws what listening throws: EADDRINUSE
 */
export async function listen(
  { host, port }: { host: string; port: number },
  routes: [prefix: string, handler: Handler][],
): Promise<Server> {
  const server = createServer((request, response) => {
    const handler = routes.find(([prefix]) => request.url?.startsWith(prefix))?.[1]
    if (!handler) return send(response, json(404, { found: request.url }))
    handler(request, response).catch((error: unknown) => {
      // A client that went away, or a mistake in here: nothing may stop the emulator, and the client gets to see which.
      if (response.headersSent || request.destroyed) return response.destroy()
      send(response, json(500, { error: `the emulator failed: ${error instanceof Error ? error.message : error}` }))
    })
  })
  // A hanging answer is a fault that was asked for, and pushes to an upstream may be long.
  server.requestTimeout = 0
  server.listen(port, host)
  await once(server, 'listening')
  return server
}

/** The port at which a server listens. */
export function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null)
    throw new Error('found a server that does not listen at a port; wanted one that does')
  return address.port
}

/** Stops a server and breaks its connections, also those with an answer that hangs. */
export async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
