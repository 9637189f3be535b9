import Fastify, { type FastifyInstance } from 'fastify'
import type { Status } from '../status.ts'
import { boundConnections } from './connections.ts'

/** Probes, a few Prometheus servers, `check`. */
export const maxOperationsConnections = 64
/** All of a request: it has no body. */
export const operationsTimeoutMs = 5_000
/** Node looks this often for requests that take longer. */
const checkEveryMs = 1_000
/** A connection that moves no byte for so long, in a request, is closed. */
const silenceTimeoutMs = 10_000

export interface OperationsOptions {
  /** Why it is not ready, or undefined if it is. */
  notReady: () => string | undefined
  metrics: () => Promise<string>
  status: () => Status
}

/** The plain HTTP server for probes, Prometheus and `doctor`: nothing secret passes it. Any pod may reach it, so nothing is read but requests. */
export function operationsServer({ notReady, metrics, status }: OperationsOptions): FastifyInstance {
  const app = Fastify({
    logger: false,
    http: { headersTimeout: operationsTimeoutMs, connectionsCheckingInterval: checkEveryMs },
    requestTimeout: operationsTimeoutMs,
    connectionTimeout: silenceTimeoutMs,
    return503OnClosing: false,
    clientErrorHandler: (_error, socket) => void socket.destroy(),
  })
  boundConnections(app.server, maxOperationsConnections)
  app.removeAllContentTypeParsers()
  app.addHook('onRequest', async ({ headers }, reply) => {
    // Whoever sends a body is no prober: it is not read, and nothing may follow it.
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) reply.header('connection', 'close')
  })
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).header('connection', 'close').send('found another path; see the documentation\n'),
  )
  app.get('/livez', async () => 'ok\n')
  app.get('/readyz', async (_request, reply) => {
    const why = notReady()
    if (why === undefined) return 'ok\n'
    return reply.code(503).send(`not ready: ${why}\n`)
  })
  app.get('/metrics', async (_request, reply) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics()))
  app.get('/status', async () => status())
  return app
}
