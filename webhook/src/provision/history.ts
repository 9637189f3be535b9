/** What is remembered of a namespace if its label is removed or changed. */
export interface Past {
  /** How often it asked for a Secret. */
  asked: number
  /** The last attempt, in milliseconds since the epoch. */
  lastAtMs: number
}

/** After this time without an attempt, a namespace starts again without a back-off. It exceeds the longest back-off. */
export const keptMs = 10 * 60_000

export interface History<T> {
  keep: (name: string, value: T, nowMs: number) => void
  /** Removes a value and returns it, unless it was kept for longer than `keptMs`. */
  take: (name: string, nowMs: number) => T | undefined
  size: () => number
}

/** Keeps values for `keptMs`. What is older is removed, so that namespaces that come and go do not fill the memory. */
export function history<T>(): History<T> {
  const kept = new Map<string, { value: T; atMs: number }>()

  function prune(nowMs: number): void {
    for (const [name, { atMs }] of kept) {
      // A Map has its entries in the order in which they were added.
      if (nowMs - atMs <= keptMs) return
      kept.delete(name)
    }
  }

  return {
    keep: (name, value, nowMs) => {
      prune(nowMs)
      kept.delete(name)
      kept.set(name, { value, atMs: nowMs })
    },
    take: (name, nowMs) => {
      prune(nowMs)
      const found = kept.get(name)?.value
      kept.delete(name)
      return found
    },
    size: () => kept.size,
  }
}
