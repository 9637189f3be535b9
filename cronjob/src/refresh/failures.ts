import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { eachOf } from './each-of.ts'
import type { Failed } from './report.ts'

/** An outage fails every Secret: so many Events say it, more would only load the API server. */
export const maxEvents = 100
/** At a time: the API server's own limit for Events is meant for bursts of 25. */
const concurrency = 8

export interface FailuresWorld {
  kubernetes: Kubernetes
  nowMs: () => number
  /** Aborted when the time for Events is over: the rest is not written. */
  signal: AbortSignal
}

/**
 * One Warning Event per failed Secret, so that `kubectl describe secret` says why.
 *
 * @returns how many could not be written and why, in one sentence; undefined if all were. It never throws: the run has its result already.
 */
export async function recordFailures(failed: readonly Failed[], { kubernetes, nowMs, signal }: FailuresWorld): Promise<string | undefined> {
  const first = failed.slice(0, maxEvents)
  let written = 0
  let cause: string | undefined
  await eachOf(first, concurrency, async ({ secret, cause: message }) => {
    if (signal.aborted) return
    try {
      await kubernetes.createEvent({ component: 'ecr-anywhere-refresh', secret, reason: 'RefreshFailed', message, nowMs: nowMs() })
      written += 1
    } catch (error) {
      cause ??= sentence(error)
    }
  })
  if (written === first.length) return undefined
  return `${first.length - written} of ${first.length} Events were not written: ${cause ?? 'their time was over'}`
}
