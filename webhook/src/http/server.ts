import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { parseDuration } from '@ecr-anywhere/shared/duration.ts'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Admission, Caller } from '../admission/admit.ts'
import { injectRoute as aggregatedRoute } from '../aggregated-api/documents.ts'
import type { FrontProxy } from '../aggregated-api/front-proxy.ts'
import type { ServingPair } from '../files/serving-pair.ts'
import { inFlight } from '../memory-limits/in-flight.ts'
import { room } from '../memory-limits/room.ts'
import { weigh } from '../memory-limits/weight.ts'
import { parseJson } from '../parse-json.ts'
import { serveAggregatedApi } from './aggregated-api.ts'
import { type AttachOptions, attachRoute, serveAttach } from './attach.ts'
import { bodyLimit, maxBytesInFlight, receiveBody, requestTimeoutMs, tooManyValues } from './bodies.ts'
import { type Clients, clientCheck } from './clients.ts'
import { boundConnections } from './connections.ts'
import { isProxied, refuse, refuseProxied, routeRefusal } from './refusals.ts'
import { boundRequestHeads } from './request-heads.ts'

/** More than all API servers of a cluster need for concurrent writes of managed Secrets. A connection takes up to 140 kB. */
export const maxConnections = 512
export const handshakeTimeoutMs = 5_000
/** Longer than the API server keeps unused connections (90 s): POSTs are not retried, so closing one in use would reject a Secret. */
export const keepAliveTimeoutMs = 120_000
/** How often connections are checked for requests that take too long. */
export const checkEveryMs = 1_000
/** A connection on which no byte moves for this long during a request is closed. It exceeds a webhook's longest `timeoutSeconds`, 30 s. */
export const silenceTimeoutMs = 35_000
/** The maximum estimated memory of all parsed reviews. One of the largest Secrets, with 75,000 keys, takes half of it. */
export const maxParsedBytes = 96 * 1024 * 1024
/** The API server's default `timeoutSeconds`, for requests that do not name one. */
export const defaultTimeoutMs = 10_000
/** Reserved within the API server's timeout, so that its user gets the webhook's message instead of "context deadline exceeded". */
export const answerMarginMs = 1_000

const injectRoute = '/inject/:tenant'
const syncRoute = '/sync'

export interface ServerOptions {
  /** Refuses a body that cannot come from the API server, before it is parsed; undefined if it is to be parsed. @throws Fault `input` */
  screen: (body: Buffer, caller: Caller) => Admission | undefined
  admit: (body: unknown, caller: Caller) => Promise<Admission>
  /** The tenant of `POST /sync`, the path of older installations. */
  syncTenant: string
  /** Called before the answer is sent. */
  onAdmission: (admission: Admission, ms: number) => void
  isDraining: () => boolean
  nowMs: () => number
  logger: FastifyBaseLogger
  /** If set, clients must present a certificate. */
  clients?: Clients | undefined
  /** If set, the webhook is also an aggregated API. Returns undefined until it is known how the API server is recognized. */
  frontProxy?: (() => FrontProxy | undefined) | undefined
  /** Whether requests that were forwarded by a proxy are refused. */
  refusesProxied?: boolean
  /** If set, the webhook also adds this image pull secret to pods. */
  attach?: Pick<AttachOptions, 'secretName' | 'onAttachment'> | undefined
}

/** Creates the HTTPS server that the API server calls. `usePair` sets its certificate later. */
export function webhookServer({ clients, frontProxy, syncTenant, logger, attach, ...options }: ServerOptions): FastifyInstance<Server> {
  const app = Fastify({
    https: {
      minVersion: 'TLSv1.2',
      handshakeTimeout: handshakeTimeoutMs,
      // Both also limit how long a new connection may be unused. Slow requests are closed by this program's own limits.
      headersTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: checkEveryMs,
      // An aggregated API checks certificates by route, because the other routes need none.
      ...(clients === undefined && frontProxy === undefined ? {} : { requestCert: true, rejectUnauthorized: clients !== undefined }),
    },
    bodyLimit,
    connectionTimeout: silenceTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: keepAliveTimeoutMs,
    // While draining, requests on open connections are still served.
    return503OnClosing: false,
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance: logger,
    // No logger per request, because one line with the uid is logged for each decision.
    childLoggerFactory: parent => parent,
    // Fastify's own handler would log the received bytes, which may contain a ticket or a Secret.
    clientErrorHandler: (_error, socket) => void socket.destroy(),
  })
  const connections = boundConnections(app.server, maxConnections)
  boundRequestHeads(app.server, { connected: 'secureConnection', limitMs: requestTimeoutMs, checkEveryMs })
  // `connectionTimeout` counts from the handshake, and a new connection may be unused for longer.
  app.server.on('secureConnection', socket => socket.setTimeout(keepAliveTimeoutMs))
  const check = clients === undefined ? undefined : clientCheck(app.server, clients)
  const hold = inFlight(maxBytesInFlight)
  const refuseRoute = routeRefusal([
    injectRoute,
    syncRoute,
    ...(frontProxy === undefined ? [] : [aggregatedRoute]),
    ...(attach === undefined ? [] : [attachRoute]),
  ])
  const exchanges = new WeakMap<Socket, { response: ServerResponse; arrivedMs: number }>()

  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw
    // An API server does not send a second request before the first is answered, and pipelined requests would not be bounded.
    if (exchanges.get(socket)?.response.writableEnded === false) return void socket.destroy()
    exchanges.set(socket, { response: reply.raw, arrivedMs: options.nowMs() })
    if (request.is404) return void refuseRoute(request, reply)
    if (options.refusesProxied && isProxied(request)) return void refuseProxied(request, reply)
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
  async function answer(
    { raw: { socket }, body, query }: FastifyRequest,
    reply: FastifyReply,
    asked: Pick<Caller, 'tenantName' | 'isApiServer'>,
  ) {
    const startMs = options.nowMs()
    const deadlineMs = (exchanges.get(socket)?.arrivedMs ?? startMs) + patienceMs(query)
    const caller = { ...asked, leftMs: () => Math.max(deadlineMs - options.nowMs(), 0) }
    const { admission, attested } = await admitted(Buffer.isBuffer(body) ? body : Buffer.alloc(0), caller)
    options.onAdmission(admission, options.nowMs() - startMs)
    if (attested) connections.trust(socket)
    if (options.isDraining() || !attested) reply.header('connection', 'close')
    return admission.reply
  }
  app.post<{ Params: { tenant: string } }>(injectRoute, (request, reply) => answer(request, reply, { tenantName: request.params.tenant }))
  app.post(syncRoute, (request, reply) => answer(request, reply, { tenantName: syncTenant }))
  if (frontProxy !== undefined) {
    serveAggregatedApi(app, {
      frontProxy,
      answer: (request, reply, tenantName) => answer(request, reply, { tenantName, isApiServer: true }),
    })
  }
  if (attach !== undefined) serveAttach(app, { ...attach, ...options })
  return app
}

/** Uses this pair, and this CA for client certificates if one is given, for new connections. Open connections keep theirs. */
export function usePair(app: FastifyInstance<Server>, { cert, key }: Pick<ServingPair, 'cert' | 'key'>, clientCa?: string): void {
  app.server.setSecureContext({ cert, key, minVersion: 'TLSv1.2', ...(clientCa === undefined ? {} : { ca: clientCa }) })
}

/** Screens, weighs, parses and admits bodies. Bodies are parsed concurrently only as far as they fit into memory. */
function admitter({ screen, admit }: Pick<ServerOptions, 'screen' | 'admit'>) {
  const parsed = room(maxParsedBytes)
  return async (body: Buffer, caller: Caller): Promise<{ admission: Admission; attested: boolean }> => {
    const refusal = caller.isApiServer ? undefined : screen(body, caller)
    if (refusal !== undefined) return { admission: refusal, attested: false }
    const weight = weigh(body)
    if (weight > maxParsedBytes) throw tooManyValues
    const admission = await parsed(weight, () => admit(parseJson(body), caller))
    return { admission, attested: true }
  }
}

/** How long to wait for AWS: the API server's `?timeout=10s` less `answerMarginMs`, but at least half of it. */
export function patienceMs(query: unknown): number {
  const { timeout } = query as { timeout?: unknown }
  const timeoutMs = (typeof timeout === 'string' ? parseDuration(timeout) : undefined) || defaultTimeoutMs
  return Math.max(timeoutMs - answerMarginMs, timeoutMs / 2)
}
