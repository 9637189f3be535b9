import { Fault } from '../fault.ts'
import type { KubeAnswer, KubeClient } from './client.ts'

/** An object without its content: all that a refresher may hold. */
export interface ObjectMeta {
  name: string
  namespace: string
  uid: string
  labels: Record<string, string>
  annotations: Record<string, string>
  /** It has a `deletionTimestamp`: finalizers may hold it in this state for as long as they like. */
  isBeingDeleted: boolean
}

export interface ListOptions {
  /** Such as `/api/v1/namespaces/team-a/secrets`. */
  path: string
  /** Such as `app=a`. */
  labelSelector?: string
  /** Such as `metadata.name=a`. */
  fieldSelector?: string
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const asList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
const asObject = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
/** What kubectl and client-go page by. */
export const pageSize = 500

/**
 * All objects below a path that the selectors match, page by page, metadata only.
 *
 * @param send one request, with the caller's retries
 * @throws Fault `transient` with the API server's reason, or `MalformedResponse` if an answer is no list
 */
export async function* listMetadata(send: KubeClient['request'], { path, ...selectors }: ListOptions): AsyncGenerator<ObjectMeta[]> {
  let next: string | undefined
  let resumed = false
  do {
    const query = new URLSearchParams({ ...selectors, limit: String(pageSize), ...(next === undefined ? {} : { continue: next }) })
    const answer = await send({ method: 'GET', path: `${path}?${query}`, accept: asList })
    const later: string | undefined = answer.status === 410 && !resumed ? continuation(answer) : undefined
    resumed = later !== undefined
    if (resumed) {
      next = later
      continue
    }
    if (answer.status !== 200) throw refused(`listing ${path}`, answer)
    const { items, metadata } = listOf(answer, path)
    yield items.map(toMeta)
    next = metadata?.continue || undefined
  } while (next !== undefined)
}

/**
 * The place of an old page is forgotten after some minutes. What comes with that news goes on from the same name in the present state:
 * what was there all the time is seen once. https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
function continuation({ body }: KubeAnswer): string | undefined {
  const { metadata } = (body ?? {}) as { metadata?: { continue?: unknown } }
  return typeof metadata?.continue === 'string' && metadata.continue !== '' ? metadata.continue : undefined
}

/** A page without a list (a proxy's own words, or half of one) is not an empty one: objects that were not seen are not renewed. */
function listOf({ body }: KubeAnswer, path: string): { items: unknown[]; metadata?: { continue?: string } } {
  const { kind, items, metadata } = (body ?? {}) as { kind?: unknown; items?: unknown; metadata?: { continue?: string } }
  // Go writes an empty list as null in places.
  const isEmptyList = items === null && kind === 'PartialObjectMetadataList'
  if (Array.isArray(items) || isEmptyList) return { items: items ?? [], ...(metadata && { metadata }) }
  throw malformed(`HTTP 200 without a list on listing ${path}`, 'a PartialObjectMetadataList')
}

function malformed(found: string, wanted: string): Fault {
  return new Fault('transient', {
    code: 'MalformedResponse',
    found,
    wanted,
    todo: 'Is something between here and the API server changing answers (a proxy)?',
  })
}

/**
 * Sets annotations of a Secret by a merge patch. It carries no resourceVersion, so that it cannot lose anybody's write and nobody's
 * write can make it fail; what comes back is the Secret after admission, metadata only.
 */
export function touchSecret(
  send: KubeClient['request'],
  {
    namespace,
    name,
    annotations,
    fieldManager,
  }: { namespace: string; name: string; annotations: Record<string, string>; fieldManager: string },
): Promise<KubeAnswer> {
  return send({
    method: 'PATCH',
    path: `/api/v1/namespaces/${namespace}/secrets/${name}?fieldManager=${fieldManager}`,
    accept: asObject,
    contentType: 'application/merge-patch+json',
    body: JSON.stringify({ metadata: { annotations } }),
  })
}

/** The metadata in an object that the API server sent. @throws Fault `transient`, code `MalformedResponse`, if it is no object */
export function toMeta(object: unknown): ObjectMeta {
  const { metadata } = (object ?? {}) as { metadata?: Partial<ObjectMeta> & { deletionTimestamp?: string | null } }
  const { name, namespace = '', uid = '', labels, annotations, deletionTimestamp } = metadata ?? {}
  if (typeof name !== 'string') throw malformed('an answer without an object in it', 'an object with metadata and a name')
  return { name, namespace, uid, labels: labels ?? {}, annotations: annotations ?? {}, isBeingDeleted: Boolean(deletionTimestamp) }
}

/** A refusal in one sentence: the API server's own message, which holds no content of objects. */
export function refused(what: string, answer: KubeAnswer): Fault {
  const { status, body } = answer
  const { reason } = (body ?? {}) as { reason?: unknown }
  const message = messageOf(answer)
  return new Fault('transient', {
    code: typeof reason === 'string' && reason !== '' ? reason : `HTTP ${status}`,
    found: `HTTP ${status} on ${what}: ${message ?? 'no message'}`,
    wanted: 'HTTP 200',
    todo: todoFor(status, message),
  })
}

/** The API server's own message on one line, of a length that fits into an Event and a termination message; undefined if there is none. */
export function messageOf({ body }: KubeAnswer): string | undefined {
  const { message } = (body ?? {}) as { message?: unknown }
  if (typeof message !== 'string' || message.trim() === '') return undefined
  const line = message.trim().replace(/\s+/g, ' ')
  return line.length <= maxMessageLength ? line : `${line.slice(0, maxMessageLength - 1)}…`
}

/** Another webhook's denial may be of any length. An Event has 1024 characters at most, a termination message 2048 bytes. */
const maxMessageLength = 900

function todoFor(status: number, message: string | undefined): string {
  if (status !== 403) return 'See the API server and its log.'
  // A policy's own sentence says what to do.
  return message?.includes('denied request') ? 'Correct what the policy names.' : 'Give this service account the right (RBAC).'
}
