import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { ObjectEvent } from '@ecr-anywhere/shared/kube/events.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { eachOf } from '../each-of.ts'

/** The number of concurrent requests. The API server's own limit for Events is meant for bursts of 25. */
const concurrency = 8

export interface WriteEventsWorld {
  kubernetes: Pick<Kubernetes, 'createEvent'>
  /** Aborted at the time limit for Events. The remaining Events are not written. */
  signal: AbortSignal
}

/** @returns how many Events could not be written and why; undefined if all were. It never throws, because the run is already reported */
export async function writeEvents(events: readonly ObjectEvent[], { kubernetes, signal }: WriteEventsWorld): Promise<string | undefined> {
  let written = 0
  let cause: string | undefined
  await eachOf(events, concurrency, async event => {
    if (signal.aborted) return
    try {
      await kubernetes.createEvent(event)
      written += 1
    } catch (error) {
      cause ??= sentence(error)
    }
  })
  if (written === events.length) return undefined
  return `${events.length - written} of ${events.length} Events were not written: ${cause ?? 'the time limit was reached'}`
}
