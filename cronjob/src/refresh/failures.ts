import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { eachOf } from '../each-of.ts'
import type { Failed } from './report.ts'

/** In an outage every Secret fails. This many Events report it, and more would only load the API server. */
export const maxEvents = 100
/** The number of concurrent requests. The API server's own limit for Events is meant for bursts of 25. */
const concurrency = 8

export interface FailuresWorld {
  kubernetes: Kubernetes
  nowMs: () => number
  /** Aborted at the time limit for Events. The remaining Events are not written. */
  signal: AbortSignal
}

/**
 * Creates one Warning Event per failed Secret, so that `kubectl describe secret` shows the cause.
 *
 * @returns how many Events could not be written and why; undefined if all were written. It never throws, because the run is already reported.
 */
export async function recordFailures(failed: readonly Failed[], { kubernetes, nowMs, signal }: FailuresWorld): Promise<string | undefined> {
  const first = failed.slice(0, maxEvents)
  let written = 0
  let cause: string | undefined
  await eachOf(first, concurrency, async ({ secret, cause: message }) => {
    if (signal.aborted) return
    try {
      const about = { kind: 'Secret' as const, ...secret }
      await kubernetes.createEvent({ component: 'ecr-anywhere-refresh', about, reason: 'RefreshFailed', message, nowMs: nowMs() })
      written += 1
    } catch (error) {
      cause ??= sentence(error)
    }
  })
  if (written === first.length) return undefined
  return `${first.length - written} of ${first.length} Events were not written: ${cause ?? 'the time limit was reached'}`
}
