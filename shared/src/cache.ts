import { backoffCapMs, type Failures, idleBackoffCapMs, noFailures, restMs } from './backoff.ts'

/**
 * How good a cached value still is:
 * `fresh`: served as it is. `ageing`: served at once and renewed in the background. `waning`: a new one is worth a short wait.
 * `spent`: never served again.
 */
export type Stage = 'fresh' | 'ageing' | 'waning' | 'spent'

export interface Cached<V> {
  value: V
  loadedAtMs: number
  /** 0 to 1, drawn when the value was loaded: spreads renewals of many replicas over time. */
  jitter: number
}

/** What a cache needs from the world. `sleep` rejects when its signal aborts. */
export interface CacheWorld<K, V> {
  id: (key: K) => string
  load: (key: K) => Promise<V>
  stage: (cached: Cached<V>, nowMs: number) => Stage
  /** The error of a wait that came to its limit before the load did. */
  tooLate: (key: K, limitMs: number) => Error
  nowMs: () => number
  random: () => number
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** With `stale`: why it could not be renewed. */
export interface CacheAnswer<V> {
  value: V
  stale?: unknown
}

export interface Cache<K, V> {
  /** @returns the value, in a promise only if it must be waited for. @throws (rejects with) what the load threw, if nothing usable is cached */
  get: (key: K, limitMs: number) => CacheAnswer<V> | Promise<CacheAnswer<V>>
  /** Loads a value in the background, and keeps it renewed for as long as the process runs, whether or not anybody asks for it. */
  watch: (key: K) => void
  /** Starts a load for each key in use that is not fresh, unless it failed a short while ago; drops the keys that are not in use. */
  renew: () => void
  /** What is cached, and the last error of each key, for those who report. */
  entries: () => Iterable<{ key: K; cached?: Cached<V>; error?: unknown; watched: boolean }>
}

interface Flight<V> {
  value: Promise<V>
  startedAtMs: number
}

interface Entry<K, V> {
  key: K
  cached?: Cached<V>
  flight?: Flight<V> | undefined
  failures: Failures
  error?: unknown
  askedAtMs: number
  watched: boolean
}

/** A key that nobody asked for in this time is forgotten: the life of an ECR token. */
export const inUseMs = 12 * 3_600_000
/** The same for a key of which nothing usable is cached: there is nothing to keep warm, and who asks again is answered by AWS itself. */
export const hopelessInUseMs = 3_600_000
/** An ask that holds a waning value waits at most this long for a load, counted from the load's start: AWS usually answers in a tenth of it. */
export const patienceMs = 2_000

/**
 * Single flight with memory: concurrent asks for one key share one load, failures are not kept, and nobody waits long while a usable value
 * is cached. Holds state, reaches nothing ambient.
 */
export function cache<K, V>(world: CacheWorld<K, V>): Cache<K, V> {
  const { id, nowMs } = world
  const entries = new Map<string, Entry<K, V>>()
  const stageOf = (cached: Cached<V> | undefined) => (cached === undefined ? 'spent' : world.stage(cached, nowMs()))
  const restOf = ({ failures }: Entry<K, V>, capMs: number) => restMs(failures, { nowMs: nowMs(), capMs })

  function get(key: K, limitMs: number): CacheAnswer<V> | Promise<CacheAnswer<V>> {
    const entry = entryOf(key)
    entry.askedAtMs = nowMs()
    const { cached } = entry
    const stage = stageOf(cached)
    if (cached === undefined || stage === 'spent') return first(entry, limitMs)
    if (stage === 'fresh') return { value: cached.value }
    const isTooSoon = restOf(entry, stage === 'ageing' ? idleBackoffCapMs : backoffCapMs) > 0
    if (stage === 'waning' && (entry.flight !== undefined || !isTooSoon)) return better(entry, cached, limitMs)
    if (!isTooSoon) start(entry)
    return olderOf(entry, cached)
  }

  async function first(entry: Entry<K, V>, limitMs: number): Promise<CacheAnswer<V>> {
    const flight = start(entry)
    try {
      return { value: await within(flight.value, limitMs, () => world.tooLate(entry.key, limitMs)) }
    } catch (error) {
      // Whoever asks next does not wait for a call that hangs: it is left to itself, and what it brings at last is still used.
      if (entry.flight === flight) {
        entry.flight = undefined
        failed(entry, error)
      }
      throw error
    }
  }

  function better(entry: Entry<K, V>, cached: Cached<V>, limitMs: number): CacheAnswer<V> | Promise<CacheAnswer<V>> {
    const { value, startedAtMs } = start(entry)
    const waitMs = Math.min(limitMs, startedAtMs + patienceMs - nowMs())
    const tooLate = world.tooLate(entry.key, patienceMs)
    if (waitMs <= 0) return { value: cached.value, stale: tooLate }
    return within(value, waitMs, () => tooLate).then(
      value => ({ value }),
      error => {
        if (stageOf(cached) === 'spent') throw error
        return { value: cached.value, stale: error }
      },
    )
  }

  function olderOf({ failures, error }: Entry<K, V>, { value }: Cached<V>): CacheAnswer<V> {
    return failures.count > 0 ? { value, stale: error } : { value }
  }

  function watch(key: K): void {
    const entry = entryOf(key)
    entry.watched = true
    start(entry)
  }

  function renew(): void {
    for (const [name, entry] of entries) {
      const stage = stageOf(entry.cached)
      const idleMs = nowMs() - entry.askedAtMs
      if (!entry.watched && idleMs > (stage === 'spent' ? hopelessInUseMs : inUseMs)) entries.delete(name)
      else if (stage !== 'fresh' && restOf(entry, idleBackoffCapMs) === 0) start(entry)
    }
  }

  function entryOf(key: K): Entry<K, V> {
    const name = id(key)
    const found = entries.get(name)
    if (found !== undefined) return found
    const entry: Entry<K, V> = { key, failures: noFailures, askedAtMs: nowMs(), watched: false }
    entries.set(name, entry)
    return entry
  }

  function start(entry: Entry<K, V>): Flight<V> {
    if (entry.flight !== undefined) return entry.flight
    const flight = { value: load(entry), startedAtMs: nowMs() }
    entry.flight = flight
    const land = () => {
      if (entry.flight === flight) entry.flight = undefined
    }
    // Nobody may be waiting (a background renewal): the error is in the entry, and is not an unhandled rejection.
    flight.value.then(land, land)
    return flight
  }

  async function load(entry: Entry<K, V>): Promise<V> {
    try {
      const waitMs = restOf(entry, backoffCapMs)
      if (waitMs > 0) await world.sleep(waitMs)
      const value = await world.load(entry.key)
      entry.cached = { value, loadedAtMs: nowMs(), jitter: world.random() }
      entry.failures = noFailures
      delete entry.error
      return value
    } catch (error) {
      failed(entry, error)
      throw error
    }
  }

  function failed(entry: Entry<K, V>, error: unknown): void {
    entry.failures = { count: entry.failures.count + 1, lastAtMs: nowMs(), draw: world.random() }
    entry.error = error
  }

  async function within(value: Promise<V>, limitMs: number, tooLate: () => Error): Promise<V> {
    const done = new AbortController()
    const limit = world.sleep(limitMs, done.signal).then(() => Promise.reject(tooLate()))
    try {
      return await Promise.race([value, limit])
    } finally {
      done.abort()
    }
  }

  return { get, watch, renew, entries: () => entries.values() }
}
