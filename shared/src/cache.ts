import { backoffCapMs, type Failures, idleBackoffCapMs, noFailures, restMs } from './backoff.ts'

/**
 * The state of a cached value:
 * `fresh`: served. `ageing`: served at once and renewed in the background. `waning`: served only after a short wait for a new value.
 * `spent`: no longer served.
 */
export type Stage = 'fresh' | 'ageing' | 'waning' | 'spent'

export interface Cached<V> {
  value: V
  loadedAtMs: number
  /** 0 to 1, drawn when the value was loaded. It spreads the renewals of many replicas over time. */
  jitter: number
}

/** The effects that a cache needs. `sleep` rejects when its signal aborts. */
export interface CacheWorld<K, V> {
  id: (key: K) => string
  load: (key: K) => Promise<V>
  stage: (cached: Cached<V>, nowMs: number) => Stage
  /** Creates the error for a wait that reached its limit before the load finished. */
  tooLate: (key: K, limitMs: number) => Error
  nowMs: () => number
  random: () => number
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** `stale` is the error because of which an older value is served, if there is one. */
export interface CacheAnswer<V> {
  value: V
  stale?: unknown
}

export interface Cache<K, V> {
  /** @returns the value, in a promise only if the caller must wait. @throws (rejects with) the load's error if no usable value is cached */
  get: (key: K, limitMs: number) => CacheAnswer<V> | Promise<CacheAnswer<V>>
  /** Loads a value in the background and keeps it renewed for as long as the process runs, even if it is not requested. */
  watch: (key: K) => void
  /** Starts a load for each key in use whose value is not fresh, unless its back-off continues. Drops the keys that are not in use. */
  renew: () => void
  /** The cached value and the last error of each key, for reports. */
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
  requestedAtMs: number
  watched: boolean
}

/** A key that was not requested for this long is dropped. It is the lifetime of an ECR token. */
export const inUseMs = 12 * 3_600_000
/** The same for a key without a usable value. It needs no renewal, because the next request loads the value anyway. */
export const hopelessInUseMs = 3_600_000
/** How long a request with a waning value waits for a load, counted from the load's start. AWS usually answers in a tenth of it. */
export const patienceMs = 2_000

/**
 * A cache in which concurrent requests for one key share one load, failures are not cached, and no request waits long while a usable value
 * is cached. It holds state and reaches nothing ambient.
 */
export function cache<K, V>(world: CacheWorld<K, V>): Cache<K, V> {
  const { id, nowMs } = world
  const entries = new Map<string, Entry<K, V>>()
  const stageOf = (cached: Cached<V> | undefined) => (cached === undefined ? 'spent' : world.stage(cached, nowMs()))
  const restOf = ({ failures }: Entry<K, V>, capMs: number) => restMs(failures, { nowMs: nowMs(), capMs })

  function get(key: K, limitMs: number): CacheAnswer<V> | Promise<CacheAnswer<V>> {
    const entry = entryOf(key)
    entry.requestedAtMs = nowMs()
    const { cached } = entry
    if (cached === undefined) return firstValue(entry, limitMs)
    const stage = world.stage(cached, nowMs())
    if (stage === 'spent') return firstValue(entry, limitMs)
    if (stage === 'fresh') return { value: cached.value }
    const isTooSoon = restOf(entry, stage === 'ageing' ? idleBackoffCapMs : backoffCapMs) > 0
    if (stage === 'waning' && (entry.flight !== undefined || !isTooSoon)) return newerValue(entry, cached, limitMs)
    if (!isTooSoon) start(entry)
    return olderValue(entry, cached)
  }

  async function firstValue(entry: Entry<K, V>, limitMs: number): Promise<CacheAnswer<V>> {
    const flight = start(entry)
    try {
      return { value: await within(flight.value, limitMs, () => world.tooLate(entry.key, limitMs)) }
    } catch (error) {
      // The next request must not wait for a call that hangs. The call continues, and its result is still used.
      if (entry.flight === flight) {
        entry.flight = undefined
        failed(entry, error)
      }
      throw error
    }
  }

  function newerValue(entry: Entry<K, V>, cached: Cached<V>, limitMs: number): CacheAnswer<V> | Promise<CacheAnswer<V>> {
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

  function olderValue({ failures, error }: Entry<K, V>, { value }: Cached<V>): CacheAnswer<V> {
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
      const idleMs = nowMs() - entry.requestedAtMs
      if (!entry.watched && idleMs > (stage === 'spent' ? hopelessInUseMs : inUseMs)) entries.delete(name)
      else if (stage !== 'fresh' && restOf(entry, idleBackoffCapMs) === 0) start(entry)
    }
  }

  function entryOf(key: K): Entry<K, V> {
    const name = id(key)
    const found = entries.get(name)
    if (found !== undefined) return found
    const entry: Entry<K, V> = { key, failures: noFailures, requestedAtMs: nowMs(), watched: false }
    entries.set(name, entry)
    return entry
  }

  function start(entry: Entry<K, V>): Flight<V> {
    if (entry.flight !== undefined) return entry.flight
    const flight = { value: load(entry), startedAtMs: nowMs() }
    entry.flight = flight
    const endFlight = () => {
      if (entry.flight === flight) entry.flight = undefined
    }
    // A background renewal may have no waiting request. Its error is in the entry and must not become an unhandled rejection.
    flight.value.then(endFlight, endFlight)
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
