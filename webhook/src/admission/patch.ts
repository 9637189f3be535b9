import { base64 } from '../base64.ts'
import { recall } from '../recall.ts'
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
 * The patch that brings a Secret to what is wanted. A map is added only where there is none, so that every key that is not ours stays as it
 * was.
 *
 * @returns base64 of its operations, as a review's answer carries it; undefined where all is there already
 */
export function patchOf(secret: Secret, { data = empty, annotations = empty, without = nothing }: Wanted): string | undefined {
  return encoded(data, annotations, without, ...gapsOf(secret, { data, annotations, without }))
}

const empty: ReadonlyMap<string, string> = new Map()
const nothing: readonly string[] = []

/** What of the wanted maps is not there: `1` for a key that is to be set (or removed), `0` for one that is right, after a `+` for a map that is not there. */
type Gaps = [data: string, annotations: string, without: string]

function gapsOf({ data, metadata }: Secret, wanted: Required<Wanted>): Gaps {
  let toRemove = ''
  for (const key of wanted.without) toRemove += has(metadata.annotations, key) ? '1' : '0'
  return [gapsIn(data, wanted.data), gapsIn(metadata.annotations, wanted.annotations), toRemove]
}

type Present = Readonly<Record<string, string>> | undefined

function gapsIn(present: Present, wanted: ReadonlyMap<string, string>): string {
  let gaps = present === undefined ? '+' : ''
  for (const [key, value] of wanted) gaps += has(present, key) && present?.[key] === value ? '0' : '1'
  return gaps
}

function has(present: Present, key: string): boolean {
  return present !== undefined && Object.hasOwn(present, key)
}

type Work = [data: ReadonlyMap<string, string>, annotations: ReadonlyMap<string, string>, without: readonly string[], ...Gaps]

function operations(...[data, annotations, without, dataGaps, annotationGaps, toRemove]: Work): Operation[] {
  return [
    ...additions('/data', data, dataGaps),
    ...additions('/metadata/annotations', annotations, annotationGaps),
    ...without.filter((_, at) => toRemove[at] === '1').map(key => ({ op: 'remove', path: pointer('/metadata/annotations', key) }) as const),
  ]
}

/** As many patches are remembered: while a refresh runs, thousands of Secrets get the same one. */
const recalled = 16

const encoded = recall((...work: Work): string | undefined => {
  const wanted = operations(...work)
  return wanted.length === 0 ? undefined : base64(JSON.stringify(wanted))
}, recalled)

function additions(path: string, wanted: ReadonlyMap<string, string>, gaps: string): Operation[] {
  const marks = gaps.replace('+', '')
  const changed = [...wanted].filter((_, at) => marks[at] === '1')
  if (changed.length === 0) return []
  const parent: Operation[] = gaps.startsWith('+') ? [{ op: 'add', path, value: {} }] : []
  return [...parent, ...changed.map(([key, value]) => ({ op: 'add', path: pointer(path, key), value }) as const)]
}

/**
 * RFC 6901 §3. Joined, for that makes one flat text: a concatenated one is a tree to V8, at which JSON.stringify takes its slow way, five
 * times as long for the whole patch.
 */
function pointer(parent: string, key: string): string {
  return [parent, key.replaceAll('~', '~0').replaceAll('/', '~1')].join('/')
}
