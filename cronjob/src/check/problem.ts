import { sentence } from '@ecr-anywhere/shared/fault.ts'

/** Why an install does not work, in one sentence. */
export interface Problem {
  why: string
  /**
   * `transient`: it may pass by itself, such as a webhook that is being started. `refused`: AWS's final word, as of when the webhook last asked;
   * it asks again when it is probed. `final`: it stays until somebody acts.
   */
  kind: 'transient' | 'refused' | 'final'
}

export function problem(kind: Problem['kind'], error: unknown): Problem {
  return { kind, why: sentence(error) }
}
