import http from 'node:http'
import https from 'node:https'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { type Retryable, retrying } from './retrying.ts'

export interface JsonRequest {
  url: string
  headers?: Record<string, string>
  /** Sent as a form, by POST; without it, the request is a GET. */
  form?: Record<string, string>
  /** The variables for proxies; undefined for an address on this machine, which is never behind a proxy. */
  proxyEnv: NodeJS.ProcessEnv | undefined
}

export interface JsonAnswer {
  status: number
  /** The parsed JSON; undefined if the body was not JSON. */
  body: unknown
}

/** A host that is silent for this long is treated as unreachable. */
const silenceMs = 10_000

/**
 * Sends a request, again if the answer is 429 or 5xx. @returns an answer of any status
 *
 * @throws Fault `transient` with Node's code if there is no answer
 */
export function sendJson(request: JsonRequest): Promise<JsonAnswer> {
  return retrying(() => once(request))
}

function once({ url, headers, form, proxyEnv }: JsonRequest): Promise<JsonAnswer & Retryable> {
  const { promise, resolve, reject } = Promise.withResolvers<JsonAnswer & Retryable>()
  const { protocol, host } = new URL(url)
  const body = form === undefined ? undefined : String(new URLSearchParams(form))
  const world = protocol === 'http:' ? http : https
  const options = {
    method: body === undefined ? 'GET' : 'POST',
    agent: new world.Agent(proxyEnv === undefined ? {} : { proxyEnv }),
    timeout: silenceMs,
    headers: { accept: 'application/json', ...headers, ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }) },
  }
  const request = world.request(url, options, answer => {
    const parts: Buffer[] = []
    answer.on('data', part => parts.push(part))
    answer.on('error', error => reject(unreachable(host, error)))
    answer.on('end', () => {
      resolve({ status: answer.statusCode ?? 0, body: parsed(Buffer.concat(parts)), retryAfter: answer.headers['retry-after'] })
    })
  })
  request.on('timeout', () => request.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })))
  request.on('error', error => reject(unreachable(host, error)))
  request.end(body)
  return promise
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function unreachable(host: string, error: NodeJS.ErrnoException): Fault {
  const code = error.code ?? error.name
  return new Fault('transient', {
    code,
    found: `${code} from ${host}`,
    wanted: 'an identity token',
    todo: 'Can this machine reach it (network policy, HTTPS_PROXY, DNS)? For a CA of your own, set NODE_EXTRA_CA_CERTS.',
    cause: error,
  })
}
