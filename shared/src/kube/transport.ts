import http from 'node:http'
import https from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'
import { retryAfterSeconds } from '../retry-after.ts'
import { unreachable } from './unreachable.ts'

/** An answer of the API server. */
export interface KubeAnswer {
  status: number
  /** The parsed JSON; undefined if the body was not JSON. */
  body: unknown
  /** The texts of the `Warning: 299` headers. */
  warnings: string[]
  retryAfterSeconds: number | undefined
  /** The time of the API server's clock, from the header Date, in milliseconds since the epoch; it is precise to a second. */
  dateMs?: number
}

export interface KubeRequest {
  method: 'GET' | 'PATCH' | 'POST'
  /** The absolute path, with the query. */
  path: string
  accept?: string
  contentType?: string
  body?: string
  /** Aborts the request, which then rejects with a Fault of code `ABORT_ERR`. */
  signal?: AbortSignal | undefined
}

export interface KubeTransport {
  /** @throws Fault `transient` if the API server did not answer; an answer of any status is returned */
  request: (request: KubeRequest) => Promise<KubeAnswer>
  /**
   * Sends a request whose answer with HTTP 200 does not end by itself, such as a watch. An answer of another status is read as by `request`.
   *
   * @throws Fault `transient` if the API server did not answer; `lines` throws it if the connection breaks or is silent for too long
   */
  open: (request: KubeRequest) => Promise<KubeStream>
  close: () => void
}

export interface KubeStream {
  answer: KubeAnswer
  /** The lines of an answer with HTTP 200. They must be read, or the signal of the request aborted. */
  lines: AsyncIterable<string>
}

/** An API server that is silent for this long is treated as unreachable. It exceeds the 30 s that a webhook may take at most. */
const silenceMs = 35_000
/** The same for an open stream: in a watch, the API server sends a bookmark about once a minute, even if nothing changes. */
const streamSilenceMs = 150_000
/** How long headers are used before they are read again, because tokens in files are rotated and exec plugins renew theirs. */
const authenticationMs = 30_000

/**
 * HTTP to the API server, with one keep-alive agent for all requests. client-node opens a TLS connection for each request, with a tenth of
 * the throughput. It is still used to read the kubeconfig, with all kinds of authentication that it supports.
 *
 * @param connections the maximum number of connections
 */
export async function kubeTransport(config: KubeConfig, connections: number): Promise<KubeTransport> {
  const base = new URL(config.getCurrentCluster()?.server ?? '')
  let auth = await authentication(config)
  let readAtMs = Date.now()
  const proxied = config.getCurrentCluster()?.proxyUrl !== undefined
  const agent = proxied ? auth.agent : agentFor(base, auth, connections)

  async function sent(options: KubeRequest): Promise<http.IncomingMessage> {
    if (Date.now() - readAtMs > authenticationMs) {
      readAtMs = Date.now()
      auth = await authentication(config)
    }
    return send(base, { ...options, agent, headers: auth.headers })
  }

  return {
    request: async options => wholeOf(await sent(options), base),
    open: async options => {
      const message = await sent(options)
      if (message.statusCode !== 200) return { answer: await wholeOf(message, base), lines: noLines() }
      return { answer: answerOf(message, Buffer.alloc(0)), lines: linesOf(message, base) }
    },
    close: () => typeof agent === 'object' && agent.destroy(),
  }
}

function wholeOf(message: http.IncomingMessage, base: URL): Promise<KubeAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<KubeAnswer>()
  const parts: Buffer[] = []
  message.on('data', part => parts.push(part))
  message.on('error', error => reject(unreachable(base, error)))
  message.on('end', () => resolve(answerOf(message, Buffer.concat(parts))))
  return promise
}

async function* linesOf(message: http.IncomingMessage, base: URL): AsyncGenerator<string> {
  message.socket.setTimeout(streamSilenceMs)
  message.setEncoding('utf8')
  let rest = ''
  try {
    for await (const part of message) {
      const lines = (rest + part).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch (error) {
    throw unreachable(base, error as NodeJS.ErrnoException)
  }
}

async function* noLines(): AsyncGenerator<string> {}

async function authentication(config: KubeConfig): Promise<https.RequestOptions> {
  const options: https.RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  return options
}

function agentFor(base: URL, { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }: https.RequestOptions, maxSockets: number) {
  const given = Object.entries({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }).filter(
    ([, value]) => value !== undefined,
  )
  const options = { keepAlive: true, maxSockets, scheduling: 'lifo' as const, ...Object.fromEntries(given) }
  return base.protocol === 'http:' ? new http.Agent(options) : new https.Agent(options)
}

type Sent = KubeRequest & { agent: https.RequestOptions['agent']; headers: https.RequestOptions['headers'] }

function send(base: URL, { method, path, accept, contentType, body, signal, agent, headers }: Sent): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>()
  const options: https.RequestOptions = {
    method,
    agent,
    timeout: silenceMs,
    headers: {
      ...(headers as http.OutgoingHttpHeaders),
      accept: accept ?? 'application/json',
      ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
    },
    ...(signal === undefined ? {} : { signal }),
  }
  const url = new URL(base.pathname.replace(/\/$/, '') + path, base)
  const outgoing = (base.protocol === 'http:' ? http : https).request(url, options, resolve)
  outgoing.on('timeout', () => outgoing.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })))
  outgoing.on('error', error => reject(unreachable(base, error)))
  outgoing.end(body)
  return promise
}

function answerOf(answer: http.IncomingMessage, body: Buffer): KubeAnswer {
  const dateMs = Date.parse(answer.headers.date ?? '')
  return {
    status: answer.statusCode ?? 0,
    body: parseJson(body),
    warnings: warningTexts(answer.headersDistinct.warning ?? []),
    retryAfterSeconds: retryAfterSeconds(answer.headers['retry-after'], Date.now()),
    ...(!Number.isNaN(dateMs) && { dateMs }),
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    // A proxy's HTML page, or an empty body. The status is sufficient.
    return undefined
  }
}

/** `299 - "text"`, with `\"` inside: https://github.com/kubernetes/apimachinery/blob/master/pkg/util/net/http.go */
function warningTexts(headers: string[]): string[] {
  return headers
    .flatMap(header => [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)])
    .map(([, text = '']) => text.replace(/\\(.)/g, '$1'))
}
