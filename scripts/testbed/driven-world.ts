import { setImmediate } from 'node:timers/promises'
import { type Cached, type CacheWorld, cache, type Stage } from '@ecr-anywhere/shared/cache.ts'

/** It is not 0, so that a time cannot be confused with an age. */
export const startMs = 1_000_000_000

/** A clock that advances only when a test moves it. Sleeping calls wake once it passes their time. */
export function drivenClock() {
  let nowMs = startMs
  const sleepers = new Set<{ untilMs: number; wake: () => void }>()
  const slept: number[] = []

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const sleeper = { untilMs: nowMs + ms, wake: resolve }
    slept.push(ms)
    sleepers.add(sleeper)
    signal?.addEventListener('abort', () => {
      sleepers.delete(sleeper)
      reject(signal.reason)
    })
    return promise
  }

  async function move(ms: number): Promise<void> {
    nowMs += ms
    for (const sleeper of sleepers) {
      if (sleeper.untilMs > nowMs) continue
      sleepers.delete(sleeper)
      sleeper.wake()
    }
    await settled()
  }

  return { nowMs: () => nowMs, sleep, move, slept, waiting: () => sleepers.size }
}

/** Resolves once all work that does not wait for time is done. */
export async function settled(): Promise<void> {
  await setImmediate()
}

/** A world with a driven clock in which the test ends loads. Values are strings, and the stage of a value depends only on its age. */
export function drivenWorld({ freshMs = 100, goodMs = 1_000, usableMs = 2_000, random = 0.5 } = {}) {
  const clock = drivenClock()
  const loads: { key: string; give: (value: string) => Promise<void>; fail: (error: unknown) => Promise<void> }[] = []
  const world: CacheWorld<string, string> = {
    id: key => key,
    load: key => {
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      const done = (finish: () => void) => {
        finish()
        return settled()
      }
      loads.push({ key, give: value => done(() => resolve(value)), fail: error => done(() => reject(error)) })
      return promise
    },
    stage: ({ loadedAtMs }: Cached<string>, nowMs): Stage => {
      const ageMs = nowMs - loadedAtMs
      if (ageMs < freshMs) return 'fresh'
      if (ageMs < goodMs) return 'ageing'
      return ageMs < usableMs ? 'waning' : 'spent'
    },
    tooLate: (key, limitMs) => new Error(`${key} took over ${limitMs} ms`),
    random: () => random,
    nowMs: clock.nowMs,
    sleep: clock.sleep,
  }
  const last = () => {
    const load = loads.at(-1)
    if (load === undefined) throw new Error('nothing was loaded')
    return load
  }
  return { ...clock, world, loads, last }
}

/** A cache in such a world that has loaded a value for the key `a`. */
export async function cacheWith(value: string, options: Parameters<typeof drivenWorld>[0] = {}) {
  const driven = drivenWorld(options)
  const cached = cache(driven.world)
  const first = cached.get('a', limitMs)
  await driven.last().give(value)
  await first
  return { ...driven, cached }
}

/** Longer than all loads in these tests. */
const limitMs = 9_000
