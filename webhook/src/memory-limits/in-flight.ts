/** The memory that is accounted to one sender whose body is in flight. */
export interface Held {
  /**
   * Counts bytes that have arrived.
   *
   * @returns undefined if the caller may continue to read, else a promise that resolves when it may
   */
  add: (bytes: number) => Promise<void> | undefined
  /** Releases all bytes of this sender. */
  release: () => void
}

export interface HoldOptions {
  /** Whether this connection was authenticated before. A trusted sender is paused where others are disconnected. */
  trusted: boolean
  /** Called if this sender is to be disconnected. */
  cut: () => void
}

/** A sender with at most this many bytes is never disconnected. A typical review is a tenth of it. */
export const smallBytes = 64 * 1024

/**
 * Bounds the bytes in flight of all senders. Above the bound, the untrusted sender that began first is disconnected: a review from an API
 * server arrives within milliseconds, so a sender that delays its body deliberately is older than all regular ones. If only trusted senders
 * are left, all but the oldest are paused. It holds state and reaches nothing ambient.
 */
export function inFlight(maxBytes: number): (options: HoldOptions) => Held {
  interface Sender extends HoldOptions {
    bytes: number
    resume?: (() => void) | undefined
  }
  // The oldest one first. Not a Set, because one that gains and loses an entry with each request keeps ended requests in memory.
  const senders: Sender[] = []
  let total = 0

  function remove(sender: Sender): void {
    const at = senders.indexOf(sender)
    if (at === -1) return
    senders.splice(at, 1)
    total -= sender.bytes
    sender.resume?.()
    senders.find(({ resume }) => resume !== undefined)?.resume?.()
  }

  return options => {
    const sender: Sender = { ...options, bytes: 0 }
    senders.push(sender)
    return {
      add: bytes => {
        if (!senders.includes(sender)) return undefined
        sender.bytes += bytes
        total += bytes
        while (total > maxBytes) {
          const oldest = senders.find(({ trusted, bytes }) => !trusted && bytes > smallBytes)
          if (oldest === undefined) break
          remove(oldest)
          oldest.cut()
        }
        const [first] = senders
        if (total <= maxBytes || first === sender || sender.bytes <= smallBytes) return undefined
        return new Promise(resolve => {
          sender.resume = () => {
            sender.resume = undefined
            resolve()
          }
        })
      },
      release: () => remove(sender),
    }
  }
}
