import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent, request as overHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

/** A request that has come, and not yet been passed on. */
export interface Arrived {
  method: string
  /** Path and query. */
  url: string
  /** Of a touch: whose. */
  secret: string | undefined
}

/** What is answered instead of the API server. */
export interface Instead {
  status: number
  headers?: Record<string, string>
  /** An object is sent as JSON; by default a Status of that code. */
  body?: object | string
}

export interface FailingProxyOptions {
  /** Of the API server: who comes through the proxy is its user. */
  kubeconfig: string
  /** Where the kubeconfig that leads to the proxy is written. */
  file: string
  /** Called before a request is passed on; the request waits for it. */
  before: (request: Arrived) => Instead | undefined | Promise<Instead | undefined>
  /** Changes the path before a request is passed on. */
  rewrite?: (url: string) => string
}

/** A plain HTTP server before an API server, on one keep-alive agent, that answers in its stead when a test says so. */
export async function startFailingProxy({ kubeconfig, file, before, rewrite = url => url }: FailingProxyOptions) {
  const config = JSON.parse(await readFile(kubeconfig, 'utf8'))
  const { cluster } = config.clusters[0]
  const { user } = config.users[0]
  const decoded = (text: string) => Buffer.from(text, 'base64')
  const agent = new Agent({
    keepAlive: true,
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
  })
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clusters = [{ name: 'cluster', cluster: { server: url, 'insecure-skip-tls-verify': true } }]
  await writeFile(file, JSON.stringify({ ...config, clusters, users: [{ name: 'user', user: {} }] }))
  return {
    stop: () => {
      server.closeAllConnections()
      server.close()
      agent.destroy()
    },
  }

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request
    const [, secret] = /\/secrets\/([^?]+)/.exec(url) ?? []
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
    const instead = await before({ method, url, secret })
    if (instead !== undefined) {
      response.writeHead(instead.status, { 'content-type': 'application/json', ...instead.headers })
      const { body = statusOf(instead.status) } = instead
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
      return
    }
    const onward = overHttps(new URL(rewrite(url), cluster.server), { method, headers, agent })
    onward.end(body)
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    response.writeHead(answer.statusCode ?? 0, answer.headers)
    // The connection of an answer that nobody reads would keep the test alive until the API server closes it.
    if (response.destroyed) answer.destroy()
    else await pipeline(answer, response)
  }
}

/** As the API server words its own refusals. */
function statusOf(code: number) {
  const reasons: Record<number, string> = { 409: 'Conflict', 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable' }
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `refused with ${code}`, reason: reasons[code] ?? '', code }
}
