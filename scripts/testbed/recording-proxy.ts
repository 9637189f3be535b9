import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request as overHttp, type ServerResponse } from 'node:http'
import { request as overHttps, type RequestOptions } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface Recorded {
  method: string
  /** The path with the query. */
  url: string
  accept: string
  status: number
  /** The whole answer, as its receiver had it in memory. */
  answer: string
}

export interface RecordingProxyOptions {
  target: string
  /** The TLS options for the target. */
  tls?: Pick<RequestOptions, 'ca' | 'cert' | 'key'>
  /** Called before a request is forwarded. The request waits for it. */
  before?: (request: { method: string; url: string }) => Promise<unknown> | unknown
}

export interface RecordingProxy {
  url: string
  recorded: Recorded[]
  stop: () => Promise<void>
}

/** Starts a plain HTTP proxy that forwards everything to one target and records the answers. */
export async function startRecordingProxy({ target, tls = {}, before }: RecordingProxyOptions): Promise<RecordingProxy> {
  const recorded: Recorded[] = []
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    recorded,
    stop: async () => {
      server.closeAllConnections()
      server.close()
    },
  }

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request
    await before?.({ method, url })
    const body = await wholeOf(request)
    const onward = (target.startsWith('https:') ? overHttps : overHttp)(new URL(url, target), { method, headers, ...tls, agent: false })
    onward.end(body)
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    const status = answer.statusCode ?? 0
    // An incomplete answer of the target is forwarded unchanged.
    const { parts, isWhole } = await partsOf(answer)
    recorded.push({ method, url, accept: headers.accept ?? '', status, answer: parts.toString() })
    response.writeHead(status, answer.headers)
    if (isWhole) response.end(parts)
    else response.write(parts, () => response.destroy())
  }
}

/**
 * Starts a recording proxy for the API server of a kubeconfig that `scripts/cluster` wrote, and writes a kubeconfig for the proxy. Requests
 * through the proxy have the user of the original kubeconfig.
 */
export async function startKubeProxy(kubeconfig: string, file: string, before?: RecordingProxyOptions['before']): Promise<RecordingProxy> {
  const config = JSON.parse(await readFile(kubeconfig, 'utf8'))
  const { cluster } = config.clusters[0]
  const { user } = config.users[0]
  const decoded = (text: string) => Buffer.from(text, 'base64')
  const proxy = await startRecordingProxy({
    target: cluster.server,
    tls: {
      ca: decoded(cluster['certificate-authority-data']),
      cert: decoded(user['client-certificate-data']),
      key: decoded(user['client-key-data']),
    },
    ...(before && { before }),
  })
  // Without the second member, client-node rejects plain HTTP.
  const clusters = [{ name: 'cluster', cluster: { server: proxy.url, 'insecure-skip-tls-verify': true } }]
  await writeFile(file, JSON.stringify({ ...config, clusters, users: [{ name: 'user', user: {} }] }))
  return proxy
}

async function wholeOf(message: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(message))
}

async function partsOf(message: IncomingMessage): Promise<{ parts: Buffer; isWhole: boolean }> {
  const parts: Buffer[] = []
  try {
    for await (const part of message) parts.push(part)
    return { parts: Buffer.concat(parts), isWhole: true }
  } catch {
    return { parts: Buffer.concat(parts), isWhole: false }
  }
}
