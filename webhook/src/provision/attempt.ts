import { isNamespaceGone, messageOf, statusOf } from '@ecr-anywhere/shared/kube/status.ts'
import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'

/** The outcome of one attempt to create a pull Secret. Only `failed` is tried again. */
export type Attempt =
  | { result: 'created' }
  /** A Secret of this name exists. Without the right to read it, nobody can tell here whether it is managed; `refresh` can. */
  | { result: 'exists' }
  /** The namespace is deleted or is being deleted. */
  | { result: 'gone' }
  | { result: 'failed'; cause: string; retryAfterMs: number }

/** Decides from the API server's answer to the creation of a Secret. */
export function attemptOf(answer: KubeAnswer): Attempt {
  const { status, retryAfterSeconds = 0 } = answer
  if (status === 201) return { result: 'created' }
  if (statusOf(answer).reason === 'AlreadyExists') return { result: 'exists' }
  if (isNamespaceGone(answer)) return { result: 'gone' }
  return { result: 'failed', cause: causeOf(answer), retryAfterMs: Math.min(retryAfterSeconds * 1000, maxWaitMs) }
}

/** The messages of webhooks and policies say what to do. */
function causeOf(answer: KubeAnswer): string {
  const message = messageOf(answer) ?? 'no message'
  return `found HTTP ${answer.status} on creating the pull Secret: ${message}; wanted HTTP 201. ${todoFor(answer.status, message)}`
}

function todoFor(status: number, message: string): string {
  if (/\bdenied (the )?request\b/.test(message)) return 'Correct what the message names.'
  if (message.includes('exceeded quota')) return 'Raise the quota, or delete Secrets that are not needed.'
  if (status === 403)
    return 'Is a right of the provisioner missing (`helm upgrade` restores it), or does a policy of this cluster refuse the Secret?'
  if (status === 422)
    return 'Is the name in the annotation valid, and is the webhook registered (kubectl get mutatingwebhookconfigurations)?'
  return 'See the API server and its log.'
}

/** The first wait: with several API servers, a new label is not known to all of them at once. */
export const baseWaitMs = 100
/** The longest wait. A namespace that cannot be served costs a call in five minutes. */
export const maxWaitMs = 5 * 60_000
/** For this long, a failure is expected to pass by itself, so it is not reported. */
export const graceMs = 10_000

/**
 * The wait between two attempts for a namespace.
 *
 * @param times how often it failed, or asked for a Secret, at least 1
 * @param draw 0 to 1, drawn at random
 */
export function waitMs(times: number, draw: number): number {
  return Math.min(baseWaitMs * 2 ** (times - 1), maxWaitMs) * (0.5 + draw / 2)
}
