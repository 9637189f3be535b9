import Fastify, { type FastifyInstance } from 'fastify'
import type { Status } from '../status.ts'

export interface OperationsOptions {
  /** Why it is not ready, or undefined if it is. */
  notReady: () => string | undefined
  metrics: () => Promise<string>
  status: () => Status
}

/** The plain HTTP server for probes, Prometheus and `doctor`: nothing secret passes it. */
export function operationsServer({ notReady, metrics, status }: OperationsOptions): FastifyInstance {
  const app = Fastify({ logger: false, return503OnClosing: false })
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
