import Fastify, { type FastifyInstance } from 'fastify'
import { boundConnections } from './connections.ts'

/** Enough for probes, a few Prometheus servers and `check`. */
export const maxOperationsConnections = 64
/** For the complete request, which has no body. */
export const operationsTimeoutMs = 5_000
/** How often Node checks for requests that take longer. */
const checkEveryMs = 1_000
/** A connection on which no byte moves for this long during a request is closed. */
const silenceTimeoutMs = 10_000

export interface OperationsOptions {
  /** Why it is not ready, or undefined if it is. */
  notReady: () => string | undefined
  metrics: () => Promise<string>
  status: () => object
}

/** The HTTP server for probes, Prometheus and `doctor`. It serves nothing secret. Any pod may reach it, so it reads no request body. */
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
    // No legitimate request has a body. A body is not read, so the connection cannot be reused.
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
