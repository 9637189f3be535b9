/** Touches in flight may take so long after a signal, then they are abandoned. */
export const inFlightMs = 5_000
/** After a signal, or after the report, Events may take so long. A pod has 30 s in all, by default. */
export const eventsMs = 20_000

export interface RunLimits {
  /** Called with the signal's name; a second call changes nothing. */
  stop: (signal: string) => void
  stoppedBy: () => string | undefined
  /** Aborted by the stop: nothing new, no retries. */
  stopping: AbortSignal
  /** Aborted a little later: nothing is waited for any more. */
  abandoned: AbortSignal
  /** Called once the report is out. @returns what is aborted when Events have had their time */
  startEvents: () => AbortSignal
}

/** How long each part of a run may take. Its report comes before Events, and before Kubernetes loses its patience. @param after such as setTimeout */
export function runLimits(after: (ms: number, act: () => void) => void): RunLimits {
  const [stopping, abandoned, events] = [new AbortController(), new AbortController(), new AbortController()]
  let stoppedBy: string | undefined
  return {
    stop: signal => {
      if (stoppedBy !== undefined) return
      stoppedBy = signal
      stopping.abort()
      after(inFlightMs, () => abandoned.abort())
      after(eventsMs, () => events.abort())
    },
    stoppedBy: () => stoppedBy,
    stopping: stopping.signal,
    abandoned: abandoned.signal,
    startEvents: () => {
      after(eventsMs, () => events.abort())
      return events.signal
    },
  }
}
