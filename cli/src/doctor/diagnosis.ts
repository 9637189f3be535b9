import { type Check, type CheckResult, causeIn, runChecks } from './check.ts'
import { clusterChecks, clusterReachable } from './checks/cluster.ts'
import type { Facts } from './facts/facts.ts'

/** What `doctor` found. */
export interface Diagnosis {
  context: string
  /** The first failure in the order of the chain. */
  cause: CheckResult | undefined
  results: CheckResult[]
}

/** Runs the checks. If the API server does not answer, only that is reported. */
export async function diagnose(checks: readonly Check[], facts: Facts): Promise<Diagnosis> {
  const { context } = facts.cluster
  const reachable = await runChecks([clusterReachable], facts)
  const results = causeIn(reachable) === undefined ? await runChecks(checks, facts) : reachable
  return { context, cause: causeIn(results), results }
}

/** 1 if a check failed, or if nothing of the release could be seen. */
export function exitCodeOf({ cause, results }: Pick<Diagnosis, 'cause' | 'results'>): 0 | 1 {
  const others = results.filter(({ id }) => !clusterChecks.some(check => check.id === id))
  const isBlind = others.length > 0 && others.every(({ state }) => state === 'cannot tell')
  return cause === undefined && !isBlind ? 0 : 1
}
