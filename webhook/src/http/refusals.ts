import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

/** Answers an invalid request with a Status and closes the connection, so that only senders of reviews keep connections open. */
export function refuse(error: FastifyError | Fault, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [code, message] = error instanceof Fault ? [codeOf(error), error.message] : messageOf(error)
  request.log.warn({ code, error: error.code }, 'refused')
  return reply.code(code).header('connection', 'close').send(status(code, message))
}

/** Answers an unknown path or method before its body is read. */
export function refuseRoute(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = /^\/(sync|inject\/[^/?]+)(\?|$)/.test(request.url)
  if (known) reply.header('allow', 'POST')
  const code = known ? 405 : 404
  return reply.code(code).header('connection', 'close').send(status(code, 'found another path or method; wanted POST /inject/<tenant>'))
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
