import type { Secret } from './review.ts'

/** RFC 6902. */
export type Operation = { op: 'add'; path: string; value: unknown } | { op: 'remove'; path: string }

/** What the Secret shall hold: keys that are named here and nothing else. */
export interface Wanted {
  /** base64 by key. */
  data?: ReadonlyMap<string, string>
  annotations?: ReadonlyMap<string, string>
  /** Annotations that shall not be there. */
  without?: readonly string[]
}

/**
 * The operations that bring a Secret to what is wanted; none where it is there already. A map is added only where there is none, so that
 * every key that is not ours stays as it was.
 */
export function patchOf({ data, metadata: { annotations } }: Secret, wanted: Wanted): Operation[] {
  return [
    ...entries('/data', data, wanted.data ?? new Map()),
    ...entries('/metadata/annotations', annotations, wanted.annotations ?? new Map()),
    ...(wanted.without ?? [])
      .filter(key => annotations !== undefined && Object.hasOwn(annotations, key))
      .map(key => ({ op: 'remove', path: pointer('/metadata/annotations', key) }) as const),
  ]
}

function entries(path: string, present: Readonly<Record<string, string>> | undefined, wanted: ReadonlyMap<string, string>): Operation[] {
  const changed = [...wanted].filter(([key, value]) => present === undefined || !Object.hasOwn(present, key) || present[key] !== value)
  if (changed.length === 0) return []
  const parent: Operation[] = present === undefined ? [{ op: 'add', path, value: {} }] : []
  return [...parent, ...changed.map(([key, value]) => ({ op: 'add', path: pointer(path, key), value }) as const)]
}

/**
 * RFC 6901 §3. Joined, for that makes one flat text: a concatenated one is a tree to V8, at which JSON.stringify takes its slow way, five
 * times as long for the whole patch.
 */
function pointer(parent: string, key: string): string {
  return [parent, key.replaceAll('~', '~0').replaceAll('/', '~1')].join('/')
}
