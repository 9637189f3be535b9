import type { KubeAnswer, KubeClient, KubeRequest } from '@ecr-anywhere/shared/kube/client.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'

export const nowMs = Date.parse('2026-01-01T12:00:00Z')
export const hours = 3_600_000
export const expired = '2026-01-01T11:00:00Z'
export const fresh = '2026-01-01T23:00:00Z'
/** What the webhook writes. */
export const renewed = '2026-01-02T00:00:00Z'

export interface ServedSecret {
  namespace: string
  name: string
  expiresAt?: string
  /** What a touch is answered with; by default the webhook renews it. */
  onTouch?: (secret: ServedSecret) => Partial<KubeAnswer> | Promise<Partial<KubeAnswer>>
}

/** The part of an API server, with our webhook behind it, that a refresh sees: one request in, one answer out. */
export function apiServer(
  secrets: ServedSecret[],
  { pageSize = 500, onList = (_: KubeRequest): Partial<KubeAnswer> | undefined => undefined } = {},
) {
  const requests: KubeRequest[] = []
  let inFlight = 0
  let mostInFlight = 0

  const send: KubeClient['request'] = async asked => {
    requests.push(asked)
    mostInFlight = Math.max(mostInFlight, ++inFlight)
    // As any request it takes a turn of the event loop, so that others can be under way.
    await new Promise(setImmediate)
    inFlight -= 1
    return { status: 200, body: undefined, warnings: [], retryAfterSeconds: undefined, ...(await answer(asked)) }
  }

  async function answer(asked: KubeRequest): Promise<Partial<KubeAnswer>> {
    const { pathname, searchParams } = new URL(asked.path, 'https://api.server')
    const [, namespace, name] = /^\/api\/v1\/namespaces(?:\/([^/]+)\/secrets(?:\/(.+))?)?$/.exec(pathname) ?? []
    if (asked.method === 'PATCH') return touched(secrets.find(secret => secret.namespace === namespace && secret.name === name))
    const names = [...new Set(secrets.map(secret => secret.namespace))].map(name => meta({ namespace: '', name }))
    const items = namespace === undefined ? names : secrets.filter(secret => secret.namespace === namespace).map(meta)
    const from = Number(searchParams.get('continue') ?? 0)
    const next = from + pageSize < items.length ? { continue: String(from + pageSize) } : {}
    return onList(asked) ?? { body: { items: items.slice(from, from + pageSize), metadata: next } }
  }

  async function touched(secret: ServedSecret | undefined): Promise<Partial<KubeAnswer>> {
    if (secret === undefined) return { status: 404, body: { message: 'not found' } }
    if (secret.onTouch !== undefined) return secret.onTouch(secret)
    secret.expiresAt = renewed
    return { body: meta(secret) }
  }

  return { send, requests, touches: () => requests.filter(({ method }) => method === 'PATCH'), mostInFlight: () => mostInFlight }
}

export function meta({ namespace, name, expiresAt }: ServedSecret) {
  return {
    metadata: {
      namespace,
      name,
      uid: `uid-of-${name}`,
      annotations: expiresAt === undefined ? null : { [annotations.expiresAt]: expiresAt },
    },
  }
}
