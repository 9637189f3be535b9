import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { parseDuration } from '@ecr-anywhere/shared/duration.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Admission, Caller } from '../admission/admit.ts'
import type { ServingPair } from '../files/serving-pair.ts'
import { inFlight } from '../memory-limits/in-flight.ts'
import { room } from '../memory-limits/room.ts'
import { weigh } from '../memory-limits/weight.ts'
import { bodyLimit, maxBytesInFlight, receiveBody, requestTimeoutMs, tooManyValues } from './bodies.ts'
import { type Clients, clientCheck } from './clients.ts'
import { boundConnections } from './connections.ts'
import { refuse, refuseRoute } from './refusals.ts'

/** More than all API servers of a cluster have writes of managed Secrets under way; a connection takes up to 140 kB. */
export const maxConnections = 512
export const handshakeTimeoutMs = 5_000
/** Above the API server's 90 s idle pool: a connection closed under it is a rejected Secret, for POSTs are not retried. */
export const keepAliveTimeoutMs = 120_000
export const headersTimeoutMs = 32_000
/** Node looks this often for requests that take longer than the two above. */
export const checkEveryMs = 1_000
/** Above the longest `timeoutSeconds` of a webhook, 30 s: a connection that moves no byte for so long, in a request, is closed. */
export const silenceTimeoutMs = 35_000
/** What all parsed reviews may take at once, by the weight of their texts. One of the largest Secrets, with 75,000 keys, takes half. */
export const maxParsedBytes = 96 * 1024 * 1024
/** The API server's default `timeoutSeconds`: what counts where a caller does not say. */
export const defaultTimeoutMs = 10_000
/** Kept of the API server's timeout for our own answer: its user then reads our sentence, not "context deadline exceeded". */
export const answerMarginMs = 1_000

export interface ServerOptions {
  /** Refuses what cannot come from the API server by its bytes alone; undefined: it shall be parsed. @throws Fault `input` */
  screen: (body: Buffer, caller: Caller) => Admission | undefined
  admit: (body: unknown, caller: Caller) => Promise<Admission>
  /** Tenant of `POST /sync`, the path of older installs. */
  syncTenant: string
  /** Called before the answer goes out. */
  onAdmission: (admission: Admission, ms: number) => void
  isDraining: () => boolean
  nowMs: () => number
  logger: FastifyBaseLogger
  /** If set, callers must show a certificate. */
  clients?: Clients | undefined
}

/** The HTTPS server that the API server calls. It has no pair yet: see `usePair`. */
export function webhookServer({ clients, syncTenant, logger, ...options }: ServerOptions): FastifyInstance<Server> {
  const app = Fastify({
    https: {
      minVersion: 'TLSv1.2',
      handshakeTimeout: handshakeTimeoutMs,
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: checkEveryMs,
      ...(clients === undefined ? {} : { requestCert: true, rejectUnauthorized: true }),
    },
    bodyLimit,
    connectionTimeout: silenceTimeoutMs,
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
  const connections = boundConnections(app.server, maxConnections)
  const check = clients === undefined ? undefined : clientCheck(app.server, clients)
  const hold = inFlight(maxBytesInFlight)
  const exchanges = new WeakMap<Socket, { response: ServerResponse; arrivedMs: number }>()

  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw
    // A second request before the first is answered: an API server sends none, and any number of them would fit on one connection.
    if (exchanges.get(socket)?.response.writableEnded === false) return void socket.destroy()
    exchanges.set(socket, { response: reply.raw, arrivedMs: options.nowMs() })
    if (request.is404) return void refuseRoute(request, reply)
    check?.(socket as TLSSocket)
    done()
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', ({ raw }: FastifyRequest, body: IncomingMessage) => {
    return receiveBody(body, cut => {
      const held = hold({ trusted: connections.isTrusted(raw.socket), cut })
      exchanges.get(raw.socket)?.response.once('close', held.release)
      return held
    })
  })
  app.setErrorHandler(refuse)
  app.setNotFoundHandler(refuseRoute)

  const admitted = admitter(options)
  async function answer({ raw: { socket }, body, query }: FastifyRequest, reply: FastifyReply, tenantName: string) {
    const startMs = options.nowMs()
    const deadlineMs = (exchanges.get(socket)?.arrivedMs ?? startMs) + patienceMs(query)
    const caller = { tenantName, leftMs: () => Math.max(deadlineMs - options.nowMs(), 0) }
    const { admission, attested } = await admitted(Buffer.isBuffer(body) ? body : Buffer.alloc(0), caller)
    options.onAdmission(admission, options.nowMs() - startMs)
    if (attested) connections.trust(socket)
    if (options.isDraining() || !attested) reply.header('connection', 'close')
    return admission.reply
  }
  app.post<{ Params: { tenant: string } }>('/inject/:tenant', (request, reply) => answer(request, reply, request.params.tenant))
  app.post('/sync', (request, reply) => answer(request, reply, syncTenant))
  return app
}

/** Serves a pair from now on, and asks for client certificates of this CA if one is given; connections that are open keep theirs. */
export function usePair(app: FastifyInstance<Server>, { cert, key }: Pick<ServingPair, 'cert' | 'key'>, clientCa?: string): void {
  app.server.setSecureContext({ cert, key, minVersion: 'TLSv1.2', ...(clientCa === undefined ? {} : { ca: clientCa }) })
}

/** Screens, weighs, parses and admits bodies, of which no more are parsed at once than fit into memory. */
function admitter({ screen, admit }: Pick<ServerOptions, 'screen' | 'admit'>) {
  const parsed = room(maxParsedBytes)
  return async (body: Buffer, caller: Caller): Promise<{ admission: Admission; attested: boolean }> => {
    const refusal = screen(body, caller)
    if (refusal !== undefined) return { admission: refusal, attested: false }
    const weight = weigh(body)
    if (weight > maxParsedBytes) throw tooManyValues
    const admission = await parsed(weight, () => admit(parseJson(body), caller))
    return { admission, attested: true }
  }
}

/** How long AWS may take: the API server's own `?timeout=10s` less what we need to answer, but never less than half of it. */
export function patienceMs(query: unknown): number {
  const { timeout } = query as { timeout?: unknown }
  const timeoutMs = (typeof timeout === 'string' ? parseDuration(timeout) : undefined) || defaultTimeoutMs
  return Math.max(timeoutMs - answerMarginMs, timeoutMs / 2)
}

/**
 * Ours, for Fastify's own parser refuses `__proto__`, which is a legal key of a Secret.
 *
 * @throws Fault `input` without the parser's error, which quotes the text
 */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new Fault('input', {
      found: 'a body that is no JSON',
      wanted: 'an AdmissionReview',
      todo: 'Only a Kubernetes API server calls this path.',
    })
  }
}
