/**
 * How good a held value still is:
 * `fresh`: served without a thought. `ageing`: to be renewed, good for long. `waning`: to be renewed, good for a short while.
 * `spent`: never served again.
 */
export type Stage = 'fresh' | 'ageing' | 'waning' | 'spent'

export interface Held<V> {
  value: V
  loadedAtMs: number
  /** 0 to 1, drawn when the value was loaded: spreads renewals of many replicas over time. */
  jitter: number
}

/** What a memo needs from the world. `sleep` rejects when its signal aborts. */
export interface MemoWorld<K, V> {
  id: (key: K) => string
  load: (key: K) => Promise<V>
  stage: (held: Held<V>, nowMs: number) => Stage
  /** The error of a wait that came to its limit before the load did. */
  tooLate: (key: K, limitMs: number) => Error
  nowMs: () => number
  random: () => number
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** With `stale`: why it could not be renewed. */
export interface Answer<V> {
  value: V
  stale?: unknown
}

export interface Memo<K, V> {
  /** @returns the value, in a promise only if it must be waited for. @throws (rejects with) what the load threw, if nothing usable is held */
  get: (key: K, limitMs: number) => Answer<V> | Promise<Answer<V>>
  /** Starts a load for each key that was asked for lately and is not fresh; drops the keys that were not. */
  renew: () => void
  /** What is held, and the last error of each key, for those who report. */
  entries: () => Iterable<{ key: K; held?: Held<V>; error?: unknown }>
}

interface Entry<K, V> {
  key: K
  held?: Held<V>
  flight?: Promise<V> | undefined
  failures: number
  error?: unknown
  askedAtMs: number
}

/** A key that nobody asked for in this time is forgotten: the life of an ECR token. */
export const inUseMs = 12 * 3_600_000
/** Back-off before the n-th retry: a random part ("full jitter") of base × 2ⁿ, capped well below a webhook's 10 s timeout, so that an ask can wait it out. */
export const backoffBaseMs = 200
export const backoffCapMs = 2_000
/** An ask that holds a waning value waits this long for an AWS that has just failed: one back-off and a quick answer. */
export const patienceMs = 3_000

/**
 * Single flight with memory: concurrent asks for one key share one load, failures are not kept, a value that is still usable is served
 * when its renewal fails. Holds state, reaches nothing ambient.
 */
export function memo<K, V>(world: MemoWorld<K, V>): Memo<K, V> {
  const { id, nowMs } = world
  const entries = new Map<string, Entry<K, V>>()
  const stageOf = (held: Held<V> | undefined) => (held === undefined ? 'spent' : world.stage(held, nowMs()))

  function get(key: K, limitMs: number): Answer<V> | Promise<Answer<V>> {
    const entry = entryOf(key)
    entry.askedAtMs = nowMs()
    const { held } = entry
    const stage = stageOf(held)
    return held !== undefined && stage === 'fresh' ? { value: held.value } : renewed(entry, stage, limitMs)
  }

  async function renewed(entry: Entry<K, V>, stage: Stage, limitMs: number): Promise<Answer<V>> {
    const { held, failures, error } = entry
    const flight = start(entry)
    if (held !== undefined && stage === 'ageing' && failures > 0) return { value: held.value, stale: error }
    try {
      const patient = stage === 'waning' && failures > 0 ? Math.min(patienceMs, limitMs) : limitMs
      return { value: await within(entry, flight, patient) }
    } catch (error) {
      if (held === undefined || stageOf(held) === 'spent') throw error
      return { value: held.value, stale: error }
    }
  }

  function renew(): void {
    for (const [name, entry] of entries) {
      if (nowMs() - entry.askedAtMs > inUseMs) entries.delete(name)
      else if (stageOf(entry.held) !== 'fresh') start(entry)
    }
  }

  function entryOf(key: K): Entry<K, V> {
    const name = id(key)
    const found = entries.get(name)
    if (found !== undefined) return found
    const entry: Entry<K, V> = { key, failures: 0, askedAtMs: nowMs() }
    entries.set(name, entry)
    return entry
  }

  function start(entry: Entry<K, V>): Promise<V> {
    if (entry.flight !== undefined) return entry.flight
    const flight = load(entry)
    entry.flight = flight
    const land = () => {
      if (entry.flight === flight) entry.flight = undefined
    }
    // Nobody may be waiting (a background renewal): the error is in the entry, and is not an unhandled rejection.
    flight.then(land, land)
    return flight
  }

  async function load(entry: Entry<K, V>): Promise<V> {
    try {
      if (entry.failures > 0) await world.sleep(world.random() * Math.min(backoffCapMs, backoffBaseMs * 2 ** entry.failures))
      const value = await world.load(entry.key)
      entry.held = { value, loadedAtMs: nowMs(), jitter: world.random() }
      entry.failures = 0
      delete entry.error
      return value
    } catch (error) {
      failed(entry, error)
      throw error
    }
  }

  function failed(entry: Entry<K, V>, error: unknown): void {
    entry.failures += 1
    entry.error = error
  }

  async function within(entry: Entry<K, V>, flight: Promise<V>, limitMs: number): Promise<V> {
    const done = new AbortController()
    const limit = world.sleep(limitMs, done.signal).then(() => {
      const error = world.tooLate(entry.key, limitMs)
      // Whoever asks next does not wait for a call that hangs: it is left to itself, and what it brings at last is still taken.
      if (entry.flight === flight) {
        entry.flight = undefined
        failed(entry, error)
      }
      throw error
    })
    limit.catch(() => {})
    try {
      return await Promise.race([flight, limit])
    } finally {
      done.abort()
    }
  }

  return { get, renew, entries: () => entries.values() }
}
