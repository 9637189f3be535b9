import { sentence } from '@ecr-anywhere/shared/fault.ts'
import { secretWarnings } from '@ecr-anywhere/shared/kube/events.ts'
import type { KubeConfig } from '@kubernetes/client-node'
import type { Failed } from '../report.ts'

/** An outage fails every Secret: so many Events say it, more would only load the API server. */
export const maxEvents = 100

/** One Warning Event per failed Secret, so that `kubectl describe secret` says why. What cannot be written is told, not thrown: the run has its result already. */
export async function recordFailures(config: KubeConfig, failed: readonly Failed[], onProblem: (error: string) => void): Promise<void> {
  if (failed.length === 0) return
  const warn = secretWarnings(config, 'ecr-anywhere-refresh')
  const results = await Promise.allSettled(
    failed.slice(0, maxEvents).map(({ secret, cause }) => warn({ secret, reason: 'RefreshFailed', message: cause, nowMs: Date.now() })),
  )
  const problem = results.find(result => result.status === 'rejected')
  if (problem !== undefined) onProblem(sentence(problem.reason))
}
