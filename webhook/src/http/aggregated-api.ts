import type { Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireApiServer } from '../aggregated-api/api-server.ts'
import { documents, injectRoute } from '../aggregated-api/documents.ts'
import type { FrontProxy } from '../aggregated-api/front-proxy.ts'
import { frontProxyCheck } from './front-proxy-check.ts'

const notFrontProxy = new Fault('input', {
  code: 'NotAttested',
  found: "a connection without the API server's front-proxy certificate",
  wanted: 'a client certificate of requestheader-client-ca-file with an allowed name, as the API server shows it',
  todo: 'Only the API server calls this path. If its requests are refused, see `/readyz` of the webhook.',
})

export interface AggregatedApi {
  /** Undefined until the ConfigMap of the API server could be read; every review is refused until then. */
  frontProxy: () => FrontProxy | undefined
  /** Answers a review of the API server. */
  answer: (request: FastifyRequest, reply: FastifyReply, tenantName: string) => Promise<unknown>
}

/** Serves the webhook as an aggregated API: the documents that every client may read, and the reviews, only for the API server itself. */
export function serveAggregatedApi(app: FastifyInstance<Server>, { frontProxy, answer }: AggregatedApi): void {
  const isFrontProxy = frontProxyCheck(frontProxy)
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
        if (!isFrontProxy(raw.socket as TLSSocket)) throw notFrontProxy
        requireApiServer(raw.headersDistinct)
        done()
      },
    },
    (request, reply) => answer(request, reply, request.params.tenant),
  )
}
