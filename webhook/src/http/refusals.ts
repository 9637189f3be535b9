import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

/** Answers an invalid request with a Status and closes the connection, so that only senders of reviews keep connections open. */
export function refuse(error: FastifyError | Fault, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [code, message] = error instanceof Fault ? [codeOf(error), error.message] : messageOf(error)
  request.log.warn({ code, error: error.code }, 'refused')
  return reply.code(code).header('connection', 'close').send(status(code, message))
}

/**
 * Answers an unknown path or method before its body is read.
 *
 * @param routes the routes of this webhook that accept a POST, such as `/inject/:tenant`
 */
export function routeRefusal(routes: readonly string[]): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  const patterns = routes.map(route => new RegExp(`^${route.split('/').map(segmentPattern).join('/')}(\\?|$)`))
  return ({ url }, reply) => {
    const isKnown = patterns.some(pattern => pattern.test(url))
    if (isKnown) reply.header('allow', 'POST')
    const code = isKnown ? 405 : 404
    return reply.code(code).header('connection', 'close').send(status(code, 'found another path or method; wanted POST /inject/<tenant>'))
  }
}

function segmentPattern(segment: string): string {
  return segment.startsWith(':') ? '[^/?]+' : RegExp.escape(segment)
}

/** Whether a proxy has forwarded this request. The service proxy of the API server adds these headers. */
export function isProxied({ headers }: FastifyRequest): boolean {
  return Object.keys(headers).some(name => name.startsWith('x-forwarded-'))
}

/** Answers a request that a proxy has forwarded before its body is read. */
export function refuseProxied(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.log.warn({ code: 403 }, 'refused a proxied request')
  const message = 'found a request that a proxy forwarded; wanted one that the API server sent itself'
  return reply.code(403).header('connection', 'close').send(status(403, message))
}

const codes: Readonly<Record<string, number>> = { BodyTooLarge: 413, BodyIncomplete: 408, NotAttested: 403 }

function codeOf({ code, kind }: Fault): number {
  return codes[code] ?? (kind === 'input' ? 400 : 503)
}

function messageOf({ statusCode = 500, code }: FastifyError): [code: number, message: string] {
  if (statusCode === 415) return [415, 'found another content type; wanted application/json']
  return [statusCode, `found ${code ?? 'an error'}; wanted an AdmissionReview`]
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
function status(code: number, message: string) {
  return { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, message }
}
