/** Where log lines go. */
export interface Destination {
  write: (text: string) => unknown
  flushSync: () => void
}

/**
 * A destination that hands on the lines of one piece of work as one text: at each write SonicBoom measures all that waits, which costs more
 * than making the line (measured: 2.3 of 3.9 µs).
 */
export function joined({ write, flushSync }: Destination): Destination & { together: (work: () => void) => void } {
  let lines: string[] | undefined
  return {
    write: line => (lines === undefined ? write(line) : lines.push(line)),
    flushSync,
    together: work => {
      const own: string[] = []
      lines = own
      try {
        work()
      } finally {
        lines = undefined
        if (own.length > 0) write(own.join(''))
      }
    },
  }
}
