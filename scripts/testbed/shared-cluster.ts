import { delimiter } from 'node:path'

/** The variables by which a suite hands its control planes to its test files. */
export interface SuiteEnv {
  /** Kubeconfigs of as many control planes as files run at once, joined as a PATH is. */
  TEST_KUBECONFIG?: string
  /** tap's: of the files that run at once, each has another number, from 0. */
  TAP_JOB_ID?: string
}

/** The kubeconfig of the control plane that no other test file uses at the same time; undefined where there is none. */
export function sharedKubeconfig({ TEST_KUBECONFIG: list, TAP_JOB_ID: job = '0' }: SuiteEnv): string | undefined {
  if (list === undefined) return undefined
  const found = list.split(delimiter)[Number(job)]
  if (found === undefined) throw new Error(`found job ${job} and TEST_KUBECONFIG=${list}; expected a control plane for each job.`)
  return found
}

export function joined(kubeconfigs: readonly string[]): string {
  return kubeconfigs.join(delimiter)
}
