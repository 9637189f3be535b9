import * as z from 'zod'
import { type ObjectMeta, objectMeta } from './objects.ts'
import { parsed } from './parsed.ts'
import { type ObjectSet, pathOf } from './path.ts'
import { refused, statusOf } from './status.ts'
import type { KubeTransport } from './transport.ts'

export interface Selectors {
  /** For example `app=a`. */
  labelSelector?: string
  /** For example `metadata.name=a`. */
  fieldSelector?: string
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
/** The page size of kubectl and client-go. */
export const pageSize = 500

/** How the objects of a list are read. */
export interface ListForm<T> {
  /** What is kept of each object. */
  item: z.ZodType<T>
  /** If true, the API server sends only the metadata of each object, never its content. */
  metadataOnly: boolean
  /** The number of objects in a page; by default `pageSize`. */
  pageSize?: number
}

/** Lists all objects of a set that the selectors match, page by page, metadata only. @throws as `listPages` */
export function listMetadata(request: KubeTransport['request'], set: ObjectSet, selectors: Selectors): AsyncGenerator<ObjectMeta[]> {
  return listPages(request, { set, selectors, item: objectMeta, metadataOnly: true })
}

/**
 * Lists all objects of a set that the selectors match, page by page. A continuation token expires after some minutes. Then
 * the token in the 410 response continues at the same name in the current state, so that unchanged objects are listed exactly once.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 *
 * @throws Fault `transient` with the API server's reason, or `MalformedResponse` if an answer is not a list
 */
export async function* listPages<T>(request: KubeTransport['request'], form: ListOptions<T>): AsyncGenerator<T[]> {
  for await (const { items } of listVersions(request, form)) yield items
}

export interface ListOptions<T> extends ListForm<T> {
  set: ObjectSet
  selectors: Selectors
}

/** A page of a list. A watch from `resourceVersion` on reports what has changed since. */
export interface ListPage<T> {
  items: T[]
  resourceVersion: string
}

/** As `listPages`, with the resource version of each page. @throws as `listPages` */
export async function* listVersions<T>(
  request: KubeTransport['request'],
  { set, selectors, item, metadataOnly: isMetadata, pageSize: limit = pageSize }: ListOptions<T>,
): AsyncGenerator<ListPage<T>> {
  const path = pathOf(set)
  let next: string | undefined
  let resumed = false
  do {
    const query = new URLSearchParams({ ...selectors, limit: String(limit), ...(next === undefined ? {} : { continue: next }) })
    const answer = await request({ method: 'GET', path: `${path}?${query}`, ...(isMetadata && { accept: metadataOnly }) })
    const newToken: string | undefined = answer.status === 410 && !resumed ? statusOf(answer).metadata?.continue : undefined
    resumed = Boolean(newToken)
    if (resumed) {
      next = newToken
      continue
    }
    if (answer.status !== 200) throw refused(`listing ${path}`, answer)
    const { items, metadata } = parsed(list, answer.body, {
      found: `HTTP 200 without a list on listing ${path}`,
      wanted: isMetadata ? 'a PartialObjectMetadataList' : `a list of ${set.kind}s`,
    })
    yield { items: (items ?? []).map(one => parsed(item, one)), resourceVersion: metadata?.resourceVersion ?? '' }
    next = metadata?.continue || undefined
  } while (next !== undefined)
}

/** A page without a list, such as a proxy's answer, is not treated as empty, because the missing objects would not be renewed. */
const list = z
  .object({
    kind: z.unknown().optional(),
    items: z.array(z.unknown()).nullable(),
    metadata: z.object({ continue: z.string().optional(), resourceVersion: z.string().optional() }).nullish(),
  })
  // Go sometimes encodes an empty list as null.
  .refine(({ kind, items }) => items !== null || /List$/.test(String(kind)))
