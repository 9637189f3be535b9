/** How long touches in flight may take after a signal before they are abandoned. */
export const inFlightMs = 5_000
/** How long the status and Events may take after a signal or after the report. By default, a pod has 30 s to terminate. */
export const eventsMs = 20_000

export interface RunLimits {
  /** Called with the name of the signal. A second call has no effect. */
  stop: (signal: string) => void
  stoppedBy: () => string | undefined
  /** Aborted by `stop`: no new requests and no retries. */
  stopping: AbortSignal
  /** Aborted `inFlightMs` after `stop`: requests in flight are cancelled. */
  abandoned: AbortSignal
  /** Called once the report is printed. @returns a signal that is aborted at the time limit for the status and Events */
  startEvents: () => AbortSignal
}

/** The time limits of a run. It is reported before Events are written, and before Kubernetes kills the pod. @param after such as setTimeout */
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
