/** What one sender has on its way to us. */
export interface Held {
  /**
   * Counts what has arrived.
   *
   * @returns undefined to read on, or a promise of when to
   */
  add: (bytes: number) => Promise<void> | undefined
  /** Gives back all of it. */
  release: () => void
}

export interface HoldOptions {
  /** Did this sender show before who it is? It is asked to wait where others are cut off. */
  trusted: boolean
  /** Called if this sender is cut off. */
  cut: () => void
}

/** Nobody is cut off for holding no more than this: a usual review is a tenth of it. */
export const smallBytes = 64 * 1024

/**
 * Bounds the bytes that all senders together have on their way. Above the bound the sender who began first, of those who are not trusted,
 * is cut off: what an API server sends is here within milliseconds, so whoever holds back is older than all that is in earnest. Where only
 * trusted ones are left, all but the oldest wait. Holds state, reaches nothing ambient.
 */
export function inFlight(maxBytes: number): (options: HoldOptions) => Held {
  interface Sender extends HoldOptions {
    bytes: number
    goOn?: (() => void) | undefined
  }
  // Oldest first, as a Set keeps them.
  const senders = new Set<Sender>()
  let total = 0

  function remove(sender: Sender): void {
    if (!senders.delete(sender)) return
    total -= sender.bytes
    sender.goOn?.()
    const next = [...senders].find(({ goOn }) => goOn !== undefined)
    next?.goOn?.()
  }

  return options => {
    const sender: Sender = { ...options, bytes: 0 }
    senders.add(sender)
    return {
      add: bytes => {
        if (!senders.has(sender)) return undefined
        sender.bytes += bytes
        total += bytes
        while (total > maxBytes) {
          const oldest = [...senders].find(({ trusted, bytes }) => !trusted && bytes > smallBytes)
          if (oldest === undefined) break
          remove(oldest)
          oldest.cut()
        }
        const [first] = senders
        if (total <= maxBytes || first === sender || sender.bytes <= smallBytes) return undefined
        return new Promise(resolve => {
          sender.goOn = () => {
            sender.goOn = undefined
            resolve()
          }
        })
      },
      release: () => remove(sender),
    }
  }
}
