import type { z } from 'zod'
import { type SecretEvent, warningEvent } from './events.ts'
import { listMetadata, type Selectors } from './list.ts'
import type { ObjectMeta } from './objects.ts'
import { parsed } from './parsed.ts'
import { type ObjectKey, type ObjectSet, pathOf } from './path.ts'
import { type RetryWorld, retrying } from './retry.ts'
import { refused } from './status.ts'
import type { KubeAnswer, KubeRequest, KubeTransport } from './transport.ts'

/** An object whose every field is to be ours. */
export interface AppliedObject {
  apiVersion: string
  kind: string
  metadata: { namespace?: string; name: string; [field: string]: unknown }
  [field: string]: unknown
}

/**
 * The API server as this product uses it. Every method throws Fault `transient`: with the API server's reason if it refuses, with the code
 * `ABORT_ERR` once the deadline has passed.
 */
export interface Kubernetes {
  /** @returns the object by its schema, or undefined if there is none */
  get: <T>(key: ObjectKey, schema: z.ZodType<T>) => Promise<T | undefined>
  /** All objects of a set that the selectors match, page by page, metadata only. */
  list: (set: ObjectSet, selectors?: Selectors) => AsyncGenerator<ObjectMeta[]>
  /**
   * Server-side apply: this field manager owns just the fields in `object`, and creates the object if there is none.
   * https://kubernetes.io/docs/reference/using-api/server-side-apply/
   */
  apply: (object: AppliedObject, fieldManager: string) => Promise<void>
  /** The same, in a dry run. An answer of any status is returned. */
  tryApply: (object: AppliedObject, fieldManager: string) => Promise<KubeAnswer>
  /** Sets annotations of a Secret. An answer of any status is returned: with HTTP 200 the Secret after admission, metadata only. */
  touch: (touch: { namespace: string; name: string; annotations: Record<string, string>; fieldManager: string }) => Promise<KubeAnswer>
  createEvent: (event: SecretEvent) => Promise<void>
}

/** The bounds of a run. */
export interface RunBounds {
  /** How a request is tried again, until its `signal`, or the deadline, stops that; undefined: not at all. */
  retries?: RetryWorld
  /** Ends all requests where they are. */
  deadline?: AbortSignal
}

export function kubernetes(transport: Pick<KubeTransport, 'request'>, { retries, deadline }: RunBounds = {}): Kubernetes {
  const signals = [retries?.signal, deadline].filter(signal => signal !== undefined)
  const send = retries === undefined ? transport.request : retrying(transport, { ...retries, signal: AbortSignal.any(signals) })
  const request = deadline === undefined ? send : (asked: KubeRequest) => send({ ...asked, signal: deadline })
  const patch = (key: ObjectKey, query: Record<string, string>, content: Pick<KubeRequest, 'accept' | 'contentType' | 'body'>) =>
    request({ method: 'PATCH', path: `${pathOf(key)}?${new URLSearchParams(query)}`, ...content })
  const applied = (object: AppliedObject, query: Record<string, string>) =>
    patch(keyOf(object), { ...query, force: 'true' }, { contentType: 'application/apply-patch+yaml', body: JSON.stringify(object) })

  return {
    async get(key, schema) {
      const path = pathOf(key)
      const answer = await request({ method: 'GET', path })
      if (answer.status === 404) return undefined
      if (answer.status !== 200) throw refused(`reading ${path}`, answer)
      return parsed(schema, answer.body)
    },
    list: (set, selectors = {}) => listMetadata(request, set, selectors),
    async apply(object, fieldManager) {
      const answer = await applied(object, { fieldManager })
      if (answer.status !== 200 && answer.status !== 201) throw refused(`applying ${pathOf(keyOf(object))}`, answer)
    },
    tryApply: (object, fieldManager) => applied(object, { fieldManager, dryRun: 'All' }),
    // Without a resourceVersion: it cannot lose anybody's write, and nobody's write can make it fail.
    touch: ({ namespace, name, annotations, fieldManager }) =>
      patch(
        { apiVersion: 'v1', kind: 'Secret', namespace, name },
        { fieldManager },
        { accept: asMetadata, contentType: 'application/merge-patch+json', body: JSON.stringify({ metadata: { annotations } }) },
      ),
    async createEvent(event) {
      const object = warningEvent(event)
      const { namespace } = event.secret
      const answer = await request({ method: 'POST', path: pathOf({ ...object, namespace }), body: JSON.stringify(object) })
      if (answer.status !== 201) throw refused(`creating an Event in ${namespace}`, answer)
    },
  }
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const asMetadata = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'

function keyOf({ apiVersion, kind, metadata: { namespace, name } }: AppliedObject): ObjectKey {
  return { apiVersion, kind, namespace, name }
}
