import { Fault, sentence } from '../fault.ts'
import { listVersions, type Selectors } from './list.ts'
import { type ObjectMeta, objectMeta } from './objects.ts'
import type { ObjectSet } from './path.ts'
import type { KubeTransport } from './transport.ts'
import { expired, watchMetadata } from './watch.ts'

/** What an informer reports. */
export interface InformHandler {
  /** An object that exists, as it is now. It may be reported again without a change. */
  found: (object: ObjectMeta, how: 'listed' | 'changed') => void
  /** An object that was deleted or that the selectors no longer match. */
  lost: (name: string) => void
  /** A list is complete. Objects that were found before and are not among these names no longer exist. */
  listed: (names: ReadonlySet<string>) => void
  /** The API server answered, so that what was reported is up to date. */
  inContact: () => void
  /** The connection failed. The informer tries again after a back-off. */
  problem: (text: string) => void
}

export interface InformWorld {
  transport: Pick<KubeTransport, 'request' | 'open'>
  /** `setTimeout` of node:timers/promises. */
  sleep: (ms: number, value: undefined, options: { signal: AbortSignal }) => Promise<unknown>
  random: () => number
  /** Ends the informer. */
  signal: AbortSignal
}

/**
 * Smaller than that of a run, because this process must stay small: the annotations of one object can have 256 KiB, and a page is held several
 * times while it is parsed.
 */
export const pageSize = 40
const baseWaitMs = 500
/** The longest wait, which is short, because a new label waits for it after an outage of the API server. */
const maxWaitMs = 10_000

/**
 * Lists a set of cluster-scoped objects, then watches it from there, metadata only. A watch that ends or breaks goes on from the last event.
 * The set is listed again only if the API server no longer knows the changes since then (HTTP 410), which also happens if etcd was restored.
 * It resolves when the signal is aborted, and never throws.
 */
export async function inform(set: ObjectSet, selectors: Selectors, handler: InformHandler, world: InformWorld): Promise<void> {
  const { transport, sleep, random, signal } = world
  const informed = { failures: 0, resourceVersion: '' }

  function contact(resourceVersion: string): void {
    informed.resourceVersion = resourceVersion
    informed.failures = 0
    handler.inContact()
  }

  async function list(): Promise<void> {
    const names = new Set<string>()
    let first: string | undefined
    const form = { set, selectors, item: objectMeta, metadataOnly: true, pageSize }
    for await (const page of listVersions(transport.request, form)) {
      // Pages after an expired continuation token are newer than the first page, and a watch from the first on repeats changes, but misses none.
      first ??= page.resourceVersion
      for (const object of page.items) {
        names.add(object.name)
        handler.found(object, 'listed')
      }
    }
    handler.listed(names)
    contact(first ?? '')
  }

  async function watch(): Promise<void> {
    const { resourceVersion } = informed
    for await (const event of watchMetadata(transport.open, { set, selectors, resourceVersion, signal })) {
      if (event.object !== undefined && event.type === 'DELETED') handler.lost(event.object.name)
      else if (event.object !== undefined) handler.found(event.object, 'changed')
      contact(event.resourceVersion)
    }
  }

  while (!signal.aborted) {
    try {
      if (informed.resourceVersion === '') await list()
      await watch()
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Fault && error.code === expired) informed.resourceVersion = ''
      handler.problem(sentence(error))
      informed.failures += 1
    }
    // Also after a watch that ended without an event: a proxy that ends each watch at once must not cause a loop without a pause.
    const maxMs = Math.min(baseWaitMs * 2 ** Math.min(informed.failures, 10), maxWaitMs)
    // A wait rejects only if the signal is aborted, which ends the loop.
    await sleep(maxMs * (0.5 + random() / 2), undefined, { signal }).catch(() => {})
  }
}
