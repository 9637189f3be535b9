import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { KubeConfig } from '@kubernetes/client-node'

// biome-ignore lint/suspicious/noExplicitAny: objects of every kind
export type Answer = { status: number; body: any }
export type RawApi = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object) => Promise<Answer>

/** Sends one request, as the old tools do: their updates are PUTs, and some of them delete. */
export async function rawApi(kubeconfig: string): Promise<RawApi> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const options = {}
  await config.applyToHTTPSOptions(options)
  return async (method, path, body) => {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const url = new URL(path, config.getCurrentCluster()?.server)
    const sent = request(url, { ...options, method, headers: { 'content-type': contentType } })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    return { status: answer.statusCode ?? 0, body: JSON.parse(await text(answer)) }
  }
}
