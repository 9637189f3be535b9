import { z } from 'zod'
import { type ObjectMeta, objectMeta } from './objects.ts'
import { parsed } from './parsed.ts'
import { type ObjectSet, pathOf } from './path.ts'
import { refused, statusOf } from './status.ts'
import type { KubeTransport } from './transport.ts'

export interface Selectors {
  /** Such as `app=a`. */
  labelSelector?: string
  /** Such as `metadata.name=a`. */
  fieldSelector?: string
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
/** What kubectl and client-go page by. */
export const pageSize = 500

/**
 * All objects of a set that the selectors match, page by page, metadata only. The place of an old page is forgotten after some minutes: the
 * token in that answer (HTTP 410) goes on from the same name in the present state, so what was there all the time is seen once.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 *
 * @throws Fault `transient` with the API server's reason, or `MalformedResponse` if an answer is no list
 */
export async function* listMetadata(request: KubeTransport['request'], set: ObjectSet, selectors: Selectors): AsyncGenerator<ObjectMeta[]> {
  const path = pathOf(set)
  let next: string | undefined
  let resumed = false
  do {
    const query = new URLSearchParams({ ...selectors, limit: String(pageSize), ...(next === undefined ? {} : { continue: next }) })
    const answer = await request({ method: 'GET', path: `${path}?${query}`, accept })
    const later: string | undefined = answer.status === 410 && !resumed ? statusOf(answer).metadata?.continue : undefined
    resumed = Boolean(later)
    if (resumed) {
      next = later
      continue
    }
    if (answer.status !== 200) throw refused(`listing ${path}`, answer)
    const { items, metadata } = parsed(list, answer.body, {
      found: `HTTP 200 without a list on listing ${path}`,
      wanted: 'a PartialObjectMetadataList',
    })
    yield (items ?? []).map(item => parsed(objectMeta, item))
    next = metadata?.continue || undefined
  } while (next !== undefined)
}

/** A page without a list (a proxy's own words, or half of one) is not an empty one: objects that were not seen are not renewed. */
const list = z
  .object({
    kind: z.unknown().optional(),
    items: z.array(z.unknown()).nullable(),
    metadata: z.object({ continue: z.string().optional() }).nullish(),
  })
  // Go writes an empty list as null in places.
  .refine(({ kind, items }) => items !== null || kind === 'PartialObjectMetadataList')
