import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'

/** Why an installation does not work. */
export interface Problem {
  why: string
  /**
   * `transient`: it may pass by itself, for example while a webhook starts. `refused`: AWS refused the last request of the webhook, which asks
   * again when it is probed. `final`: it remains until somebody fixes it.
   */
  kind: 'transient' | 'refused' | 'final'
}

export function problem(kind: Problem['kind'], error: unknown): Problem {
  return { kind, why: sentence(error) }
}

/** A problem that may pass by itself, in the three parts of every message. */
export function transient(found: string, wanted: string, todo: string): Problem {
  return problem('transient', new Fault('transient', { found, wanted, todo }))
}
