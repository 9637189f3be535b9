import type { Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { parseDuration } from '@ecr-anywhere/shared/duration.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Admission } from '../admit.ts'
import type { ServingPair } from '../tls/serving.ts'

/** A review carries object and oldObject of up to 1.5 MB each, encoded. */
export const bodyLimit = 8 * 1024 * 1024
/** Above the API server's 90 s idle pool: a connection closed under it is a rejected Secret, for POSTs are not retried. */
export const keepAliveTimeoutMs = 120_000
export const headersTimeoutMs = 32_000
export const requestTimeoutMs = 15_000
/** The API server's default `timeoutSeconds`: what counts where a caller does not say. */
export const defaultTimeoutMs = 10_000
/** Kept of the API server's timeout for our own answer: its user then reads our sentence, not "context deadline exceeded". */
export const answerMarginMs = 1_000

export interface ServerOptions {
  admit: (body: unknown, asked: { tenantName: string; leftMs: () => number }) => Promise<Admission>
  /** Tenant of `POST /sync`, the path of older installs. */
  syncTenant: string
  /** Called before the answer goes out. */
  onAdmission: (admission: Admission, ms: number) => void
  isDraining: () => boolean
  nowMs: () => number
  logger: FastifyBaseLogger
  /** If set, callers must show a certificate of this CA and one of these subject names. */
  clients?: { ca: string; names: readonly string[] } | undefined
}

/** The HTTPS server that the API server calls. It has no pair yet: see `usePair`. */
export function webhookServer({
  admit,
  syncTenant,
  onAdmission,
  isDraining,
  nowMs,
  logger,
  clients,
}: ServerOptions): FastifyInstance<Server> {
  const app = Fastify({
    https: {
      minVersion: 'TLSv1.2',
      headersTimeout: headersTimeoutMs,
      ...(clients === undefined ? {} : { requestCert: true, rejectUnauthorized: true, ca: clients.ca }),
    },
    bodyLimit,
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // While draining, requests on open connections are still served.
    return503OnClosing: false,
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance: logger,
    // We log one line a decision, with its uid: no logger per request.
    childLoggerFactory: parent => parent,
    // Fastify's own would log the bytes that came, and a ticket or a Secret may be among them.
    clientErrorHandler: (_error, socket) => void socket.destroy(),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request: FastifyRequest, body: string, done) => {
    const parsed = parseJson(body)
    done(parsed === undefined ? notJson : null, parsed)
  })
  if (clients !== undefined) {
    app.addHook('onRequest', async request => {
      if (!isNamed(request.raw.socket as TLSSocket, clients.names)) throw notAClient
    })
  }
  app.setErrorHandler(refuse)
  app.setNotFoundHandler((request, reply) => {
    const known = /^\/(sync|inject\/[^/?]+)(\?|$)/.test(request.url)
    if (known) reply.header('allow', 'POST')
    return reply.code(known ? 405 : 404).send(status(known ? 405 : 404, 'found another path or method; wanted POST /inject/<tenant>'))
  })

  async function answer(request: FastifyRequest, reply: FastifyReply, tenantName: string) {
    const startMs = nowMs()
    const deadlineMs = startMs + patienceMs(request.query)
    const admission = await admit(request.body, { tenantName, leftMs: () => Math.max(deadlineMs - nowMs(), 0) })
    onAdmission(admission, nowMs() - startMs)
    if (isDraining()) reply.header('connection', 'close')
    return admission.reply
  }
  app.post<{ Params: { tenant: string } }>('/inject/:tenant', (request, reply) => answer(request, reply, request.params.tenant))
  app.post('/sync', (request, reply) => answer(request, reply, syncTenant))
  return app
}

/** Serves a pair from now on; connections that are open keep theirs. */
export function usePair(app: FastifyInstance<Server>, { cert, key }: ServingPair, clients?: ServerOptions['clients']): void {
  app.server.setSecureContext({ cert, key, minVersion: 'TLSv1.2', ...(clients === undefined ? {} : { ca: clients.ca }) })
}

/** The certificate itself was verified in the handshake; here it is asked whose it is: one CA signs for many. */
function isNamed(socket: TLSSocket, names: readonly string[]): boolean {
  const certificate = socket.getPeerX509Certificate()
  const commonName = socket.getPeerCertificate().subject?.CN
  return names.some(name => name === commonName || certificate?.checkHost(name, { subject: 'never' }) === name)
}

const notAClient = new Fault('input', {
  found: 'a client certificate of another name',
  wanted: 'one of CLIENT_NAMES',
  todo: 'Only the API server calls this webhook.',
})

/** How long AWS may take: the API server's own `?timeout=10s` less what we need to answer, but never less than half of it. */
export function patienceMs(query: unknown): number {
  const { timeout } = query as { timeout?: unknown }
  const timeoutMs = (typeof timeout === 'string' ? parseDuration(timeout) : undefined) || defaultTimeoutMs
  return Math.max(timeoutMs - answerMarginMs, timeoutMs / 2)
}

/** JSON has no undefined: that stands for a text that is none. The parser's error quotes the text, so it is dropped. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Ours, for Fastify's own parser refuses `__proto__`, which is a legal key of a Secret. */
const notJson = new Fault('input', {
  found: 'a body that is no JSON',
  wanted: 'an AdmissionReview',
  todo: 'Only a Kubernetes API server calls this path.',
})

function refuse(error: FastifyError | Fault, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [code, message] = error instanceof Fault ? [400, error.message] : messageOf(error)
  request.log.warn({ code, error: error.code }, 'refused')
  return reply.code(code).send(status(code, message))
}

function messageOf({ statusCode = 500, code }: FastifyError): [code: number, message: string] {
  if (statusCode === 413) return [413, `found a body over ${bodyLimit} bytes; wanted an AdmissionReview`]
  if (statusCode === 415) return [415, 'found another content type; wanted application/json']
  return [statusCode, `found ${code ?? 'an error'}; wanted an AdmissionReview`]
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
function status(code: number, message: string) {
  return { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, message }
}
