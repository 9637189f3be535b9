import type { Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireApiServer } from '../aggregated-api/api-server.ts'
import { documents, injectRoute } from '../aggregated-api/documents.ts'
import type { FrontProxy } from '../aggregated-api/front-proxy.ts'
import { frontProxyCheck } from './front-proxy-check.ts'

export interface AggregatedApi {
  /** Undefined until the ConfigMap of the API server could be read; every review is refused until then. */
  frontProxy: () => FrontProxy | undefined
  /** Answers a review of the API server. */
  answer: (request: FastifyRequest, reply: FastifyReply, tenantName: string) => Promise<unknown>
}

/** Serves the webhook as an aggregated API: the documents that every client may read, and the reviews, only for the API server itself. */
export function serveAggregatedApi(app: FastifyInstance<Server>, { frontProxy, answer }: AggregatedApi): void {
  const requireFrontProxy = frontProxyCheck(frontProxy)
  for (const [path, document] of Object.entries(documents)) {
    app.get(path, ({ raw: { socket } }, reply) => {
      // Only API servers may keep their connections.
      if (!isFrontProxy(socket as TLSSocket)) reply.header('connection', 'close')
      return reply.send(document)
    })
  }
  app.post<{ Params: { tenant: string } }>(
    injectRoute,
    {
      // Before the body is received, because an unknown client must not make the webhook hold it.
      onRequest: ({ raw }, _reply, done) => {
        requireFrontProxy(raw.socket as TLSSocket)
        requireApiServer(raw.headersDistinct)
        done()
      },
    },
    (request, reply) => answer(request, reply, request.params.tenant),
  )

  function isFrontProxy(socket: TLSSocket): boolean {
    try {
      requireFrontProxy(socket)
      return true
    } catch {
      return false
    }
  }
}
