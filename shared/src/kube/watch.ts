import * as z from 'zod'
import { Fault } from '../fault.ts'
import type { Selectors } from './list.ts'
import { type ObjectMeta, objectMeta } from './objects.ts'
import { parsed } from './parsed.ts'
import { type ObjectSet, pathOf } from './path.ts'
import { refused } from './status.ts'
import type { KubeTransport } from './transport.ts'

/** A change, or a `BOOKMARK`, which only says up to which version everything was reported. */
export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  resourceVersion: string
  /** Undefined for a bookmark. `DELETED` is also reported for an object that the selectors no longer match. */
  object?: ObjectMeta
}

export interface WatchOptions {
  set: ObjectSet
  selectors: Selectors
  /** From a list or from an earlier event. */
  resourceVersion: string
  signal: AbortSignal
}

/** The code of the fault if the API server no longer knows the changes since `resourceVersion`. Only a new list helps. */
export const expired = 'Expired'

/** After this time the API server ends a watch, so that watches spread over all API servers again. */
const watchSeconds = 300
const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'

/**
 * Reports the changes of a set of objects since a resource version, metadata only, until the API server ends the watch.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 *
 * @throws Fault `transient` with the API server's reason, `expired` for HTTP 410, or the code of a connection that broke
 */
export async function* watchMetadata(
  open: KubeTransport['open'],
  { set, selectors, resourceVersion, signal }: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const what = `watching ${pathOf(set)}`
  const bounds = { watch: '1', allowWatchBookmarks: 'true', timeoutSeconds: String(watchSeconds) }
  const query = new URLSearchParams({ ...selectors, ...bounds, resourceVersion })
  const { answer, lines } = await open({ method: 'GET', path: `${pathOf(set)}?${query}`, accept: metadataOnly, signal })
  if (answer.status !== 200) throw refusedWatch(what, answer.status, answer.body)
  for await (const text of lines) {
    if (text === '') continue
    const { type, object } = parsed(line, json(text), malformed)
    if (type === 'ERROR') throw refusedWatch(what, statusCode.parse(object).code, object)
    const { resourceVersion } = parsed(version, object, malformed).metadata
    yield type === 'BOOKMARK' ? { type, resourceVersion } : { type, resourceVersion, object: parsed(objectMeta, object) }
  }
}

function refusedWatch(what: string, status: number, body: unknown): Fault {
  const fault = refused(what, { status, body, warnings: [], retryAfterSeconds: undefined })
  return status === 410 ? new Fault('transient', { ...fault.text, code: expired }) : fault
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The schema refuses it. The text is not quoted, because a proxy may have written it.
    return undefined
  }
}

const malformed = { found: 'a line of a watch that is no event', wanted: 'an event with an object and its resourceVersion' }
const line = z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']), object: z.unknown() })
const version = z.object({ metadata: z.object({ resourceVersion: z.string() }) })
const statusCode = z.object({ code: z.number().catch(0) }).catch({ code: 0 })
