import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import type { KubeAnswer, KubeRequest, KubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import type { RefreshOptions } from '../../src/refresh/refresh.ts'

export const nowMs = Date.parse('2026-01-01T12:00:00Z')
export const hours = 3_600_000
export const now = '2026-01-01T12:00:00Z'
export const expired = '2026-01-01T11:00:00Z'
export const fresh = '2026-01-01T23:00:00Z'
/** The expiry that the webhook writes. */
export const renewed = '2026-01-02T00:00:00Z'

/** A run over the whole cluster, without anything optional. */
export const refreshOptions: RefreshOptions = {
  refreshBeforeMs: 6 * hours,
  concurrency: 2,
  force: false,
  dryRun: false,
  namespaces: undefined,
  namespace: undefined,
  pullSecrets: undefined,
}

export interface ServedSecret {
  namespace: string
  name: string
  expiresAt?: string | undefined
  updatedAt?: string | undefined
  isBeingDeleted?: boolean
  /** The answer to a touch. By default the webhook renews the Secret. */
  onTouch?: (secret: ServedSecret) => Partial<KubeAnswer> | Promise<Partial<KubeAnswer>>
}

export interface ServerOptions {
  pageSize?: number
  /** The namespaces without our label. */
  notEnabled?: string[]
  /** The namespaces that are being deleted. */
  terminating?: string[]
  /** Annotations of namespaces. */
  notes?: Record<string, Record<string, string>>
  /** The answer to the creation of a Secret. */
  onCreate?: (namespace: string, name: string) => Partial<KubeAnswer>
  onList?: (asked: KubeRequest) => Partial<KubeAnswer> | undefined
}

/** The part of an API server with our webhook that a refresh uses: a function from a request to an answer. */
export function apiServer(
  secrets: ServedSecret[],
  {
    pageSize = 500,
    notEnabled = [],
    terminating = [],
    notes = {},
    onCreate = () => ({ status: 201 }),
    onList = () => undefined,
  }: ServerOptions = {},
) {
  const requests: KubeRequest[] = []
  let inFlight = 0
  let mostInFlight = 0

  const request: KubeTransport['request'] = async asked => {
    requests.push(asked)
    mostInFlight = Math.max(mostInFlight, ++inFlight)
    // Like any request, this takes a turn of the event loop, so that requests can be concurrent.
    await new Promise(setImmediate)
    inFlight -= 1
    return { status: 200, body: undefined, warnings: [], retryAfterSeconds: undefined, ...(await answer(asked)) }
  }

  async function answer(asked: KubeRequest): Promise<Partial<KubeAnswer>> {
    const { pathname, searchParams } = new URL(asked.path, 'https://api.server')
    const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets(?:\/(.+))?$/.exec(pathname) ?? []
    if (asked.method === 'POST' && namespace !== undefined) return onCreate(namespace, JSON.parse(asked.body ?? '').metadata.name)
    if (asked.method === 'PATCH') return touched(secrets.find(secret => secret.namespace === namespace && secret.name === name))
    const items = pathname === '/api/v1/namespaces' ? namespaces(searchParams) : secretsIn(namespace)
    const from = Number(searchParams.get('continue') ?? 0)
    const next = from + pageSize < items.length ? { continue: String(from + pageSize) } : {}
    return onList(asked) ?? { body: { items: items.slice(from, from + pageSize), metadata: next } }
  }

  function secretsIn(namespace: string | undefined) {
    return secrets.filter(secret => namespace === undefined || secret.namespace === namespace).map(meta)
  }

  /** Filters by the selectors of a request: `key`, `!key` or `metadata.name=name`. */
  function namespaces(selectors: URLSearchParams) {
    const [byLabel, byField] = [selectors.get('labelSelector'), selectors.get('fieldSelector')]
    return [...new Set([...secrets.map(({ namespace }) => namespace), ...Object.keys(notes)])]
      .filter(name => byLabel === null || notEnabled.includes(name) === byLabel.startsWith('!'))
      .filter(name => byField === null || byField === `metadata.name=${name}`)
      .map(name => ({
        metadata: {
          name,
          uid: `uid-of-${name}`,
          annotations: notes[name],
          labels: notEnabled.includes(name) ? {} : { [labels.namespace]: 'enabled' },
          ...(terminating.includes(name) ? { deletionTimestamp: renewed } : {}),
        },
      }))
  }

  async function touched(secret: ServedSecret | undefined): Promise<Partial<KubeAnswer>> {
    if (secret === undefined) return { status: 404, body: { message: 'not found' } }
    if (secret.onTouch !== undefined) return secret.onTouch(secret)
    secret.expiresAt = renewed
    secret.updatedAt = now
    return { body: meta(secret) }
  }

  return {
    kubernetes: kubernetes({ request }),
    requests,
    touches: () => requests.filter(({ method }) => method === 'PATCH'),
    mostInFlight: () => mostInFlight,
  }
}

export function meta({ namespace, name, expiresAt, updatedAt, isBeingDeleted = false }: ServedSecret) {
  return {
    metadata: {
      namespace,
      name,
      uid: `uid-of-${name}`,
      labels: { [labels.managed]: 'true' },
      annotations:
        expiresAt === undefined ? null : { [annotations.expiresAt]: expiresAt, ...(updatedAt && { [annotations.updatedAt]: updatedAt }) },
      ...(isBeingDeleted ? { deletionTimestamp: now } : {}),
    },
  }
}
