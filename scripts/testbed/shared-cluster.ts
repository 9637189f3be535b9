import { delimiter } from 'node:path'

/** The environment variables with which a suite passes its control planes to its test files. */
export interface SuiteEnv {
  /** The kubeconfigs of the control planes, one for each concurrent file, separated as in PATH. */
  TEST_KUBECONFIG?: string
  /** Set by tap: each of the concurrent files has a different number, from 0. */
  TAP_JOB_ID?: string
}

/** @returns the kubeconfig of the control plane that no other test file uses at the same time, or undefined if there is none */
export function sharedKubeconfig({ TEST_KUBECONFIG: list, TAP_JOB_ID: job = '0' }: SuiteEnv): string | undefined {
  if (list === undefined) return undefined
  const found = list.split(delimiter)[Number(job)]
  if (found === undefined) throw new Error(`found job ${job} and TEST_KUBECONFIG=${list}; expected a control plane for each job.`)
  return found
}

export function joined(kubeconfigs: readonly string[]): string {
  return kubeconfigs.join(delimiter)
}
