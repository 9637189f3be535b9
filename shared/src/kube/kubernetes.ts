import type * as z from 'zod'
import { eventObject, type ObjectEvent } from './events.ts'
import { listMetadata, listPages, type Selectors } from './list.ts'
import type { ObjectMeta } from './objects.ts'
import { parsed } from './parsed.ts'
import { type ObjectKey, type ObjectSet, pathOf } from './path.ts'
import { type RetryWorld, retrying } from './retry.ts'
import { refused, statusOf } from './status.ts'
import type { KubeAnswer, KubeRequest, KubeTransport } from './transport.ts'

/** An object for server-side apply. The field manager will own all of its fields. */
export interface AppliedObject {
  apiVersion: string
  kind: string
  metadata: { namespace?: string; name: string; [field: string]: unknown }
  [field: string]: unknown
}

/**
 * The calls of the API server that this product needs. All methods throw Fault `transient`: with the API server's reason if it refuses,
 * with the code `ABORT_ERR` after the deadline.
 */
export interface Kubernetes {
  /** @returns the object, parsed with the schema, or undefined if it does not exist */
  get: <T>(key: ObjectKey, schema: z.ZodType<T>) => Promise<T | undefined>
  /** Lists all objects of a set that the selectors match, page by page, metadata only. */
  list: (set: ObjectSet, selectors?: Selectors) => AsyncGenerator<ObjectMeta[]>
  /** Lists all objects of a set page by page, with their content, and keeps what the schema of an item returns. */
  listContent: <T>(set: ObjectSet, item: z.ZodType<T>) => AsyncGenerator<T[]>
  /**
   * Server-side apply: creates the object if it does not exist. The field manager owns exactly the fields in `object`.
   * https://kubernetes.io/docs/reference/using-api/server-side-apply/
   */
  apply: (object: AppliedObject, fieldManager: string) => Promise<void>
  /** Server-side apply in a dry run. It returns the answer, whatever its status. */
  tryApply: (object: AppliedObject, fieldManager: string) => Promise<KubeAnswer>
  /** Sets annotations of a Secret. It returns the answer, whatever its status: with HTTP 200 the Secret's metadata after admission. */
  touch: (touch: { namespace: string; name: string; annotations: Record<string, string>; fieldManager: string }) => Promise<KubeAnswer>
  /** Creates an object. It returns the answer, whatever its status: with HTTP 201 the object's metadata, never its content. */
  tryCreate: (object: AppliedObject, fieldManager: string) => Promise<KubeAnswer>
  /** Creates an Event, unless one with its `id` is stored already. */
  createEvent: (event: ObjectEvent) => Promise<void>
}

/** The bounds of a run. */
export interface RunBounds {
  /** How requests are retried until its `signal` or the deadline stops the retries. If undefined, there are no retries. */
  retries?: RetryWorld
  /** Aborts all requests, even those in flight. */
  deadline?: AbortSignal
}

export function kubernetes(transport: Pick<KubeTransport, 'request'>, { retries, deadline }: RunBounds = {}): Kubernetes {
  const signals = [retries?.signal, deadline].filter(signal => signal !== undefined)
  const send = retries === undefined ? transport.request : retrying(transport, { ...retries, signal: AbortSignal.any(signals) })
  const request = deadline === undefined ? send : (options: KubeRequest) => send({ ...options, signal: deadline })
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
    listContent: (set, item) => listPages(request, { set, selectors: {}, item, metadataOnly: false }),
    async apply(object, fieldManager) {
      const answer = await applied(object, { fieldManager })
      if (answer.status !== 200 && answer.status !== 201) throw refused(`applying ${pathOf(keyOf(object))}`, answer)
    },
    tryApply: (object, fieldManager) => applied(object, { fieldManager, dryRun: 'All' }),
    // Without a resourceVersion, because a merge patch of annotations neither overwrites other changes nor may fail because of them.
    touch: ({ namespace, name, annotations, fieldManager }) =>
      patch(
        { apiVersion: 'v1', kind: 'Secret', namespace, name },
        { fieldManager },
        { accept: asMetadata, contentType: 'application/merge-patch+json', body: JSON.stringify({ metadata: { annotations } }) },
      ),
    tryCreate: (object, fieldManager) => {
      const { name: _, ...set } = keyOf(object)
      const path = `${pathOf(set)}?${new URLSearchParams({ fieldManager })}`
      return request({ method: 'POST', path, accept: asMetadata, body: JSON.stringify(object) })
    },
    async createEvent(event) {
      const object = eventObject(event)
      const { namespace } = event.about
      const answer = await request({ method: 'POST', path: pathOf({ ...object, namespace }), body: JSON.stringify(object) })
      const isStored = answer.status === 201 || (event.id !== undefined && statusOf(answer).reason === 'AlreadyExists')
      if (!isStored) throw refused(`creating an Event in ${namespace}`, answer)
    },
  }
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const asMetadata = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'

function keyOf({ apiVersion, kind, metadata: { namespace, name } }: AppliedObject): ObjectKey {
  return { apiVersion, kind, namespace, name }
}
