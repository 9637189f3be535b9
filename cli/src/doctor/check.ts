import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { cannotTell, type Finding, type TitledFinding } from '../findings/finding.ts'
import type { Facts } from './facts/facts.ts'
import { rightIn } from './right-in.ts'

/** One link of the chain from the API server to a pod that pulls. */
export interface Check {
  /** Stable, for scripts and for the page on operations. */
  id: string
  title: string
  /** May throw: what the user may not read, and what depends on something that is missing, cannot be told. */
  run: (facts: Facts) => Promise<Finding>
}

export type CheckResult = TitledFinding & { id: string }

/** The code of a Fault for something on which other checks depend, and which a check of its own reports. */
const missingCode = 'MissingPrerequisite'

/** @param what such as `a release of ECR Anywhere` */
export function missing(what: string): Fault {
  return new Fault('transient', { code: missingCode, found: 'nothing', wanted: what, todo: 'See the check that reports it.' })
}

/** Runs all checks at the same time. The results are in the order of the checks, which is that of the chain. */
export function runChecks(checks: readonly Check[], facts: Facts): Promise<CheckResult[]> {
  return Promise.all(checks.map(async ({ id, title, run }) => ({ id, title, ...(await found(() => run(facts))) })))
}

async function found(run: () => Promise<Finding>): Promise<Finding> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    if (error.code === missingCode) return cannotTell(error.text.wanted)
    if (error.code === 'Forbidden') return cannotTell(`the right to ${rightIn(error.message) ?? 'read it'}`)
    return cannotTell(`an answer of the API server without an error (${error.code})`)
  }
}

/** The first failure in the order of the chain. What fails after it may be its consequence. */
export function causeIn(results: readonly CheckResult[]): (CheckResult & { state: 'failed' }) | undefined {
  return results.find((result): result is CheckResult & { state: 'failed' } => result.state === 'failed')
}
