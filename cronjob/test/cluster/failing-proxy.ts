import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent, request as overHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'

/** A received request that was not forwarded yet. */
export interface Arrived {
  method: string
  /** The path with the query. */
  url: string
  /** The name of the Secret, if the request is a touch. */
  secret: string | undefined
}

/** An answer in place of the answer of the API server. */
export interface Instead {
  status: number
  headers?: Record<string, string>
  /** The body, which is sent as JSON if it is an object. By default it is a Status with that code. */
  body?: object | string
}

export interface FailingProxyOptions {
  /** The kubeconfig for the API server. All clients of the proxy act as its user. */
  kubeconfig: string
  /** The file to which the kubeconfig for the proxy is written. */
  file: string
  /** Called before a request is forwarded. The request waits for it. */
  before: (request: Arrived) => Instead | undefined | Promise<Instead | undefined>
  /** Changes the path before a request is forwarded. */
  rewrite?: (url: string) => string
}

/** A plain HTTP proxy for an API server with one keep-alive agent. It answers itself if a test decides so. */
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
    // An answer that is not read would keep its connection, and thus the test, alive until the API server closes it.
    if (response.destroyed) answer.destroy()
    else await pipeline(answer, response)
  }
}

/** A Status in the format of the API server. */
function statusOf(code: number) {
  const reasons: Record<number, string> = { 409: 'Conflict', 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable' }
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `refused with ${code}`, reason: reasons[code] ?? '', code }
}
