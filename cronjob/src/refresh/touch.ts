import { isDue } from '@ecr-anywhere/shared/due.ts'
import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { KubeAnswer, KubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { refused, toMeta, touchSecret } from '@ecr-anywhere/shared/kube/metadata.ts'
import { annotations, fieldManagers, warningPrefix } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { ManagedSecret } from './plan.ts'

/** How one touch ended. */
export type Touched = { secret: ManagedSecret } & (
  | { result: 'refreshed'; expiresAt: string }
  | { result: 'failed'; cause: string }
  /** Deleted between list and touch: nothing to do, nothing wrong. */
  | { result: 'gone' }
)

export interface TouchOptions {
  send: KubeClient['request']
  nowMs: () => number
  refreshBeforeMs: number
}

/** Touches one Secret and verifies, from the answer, that the webhook renewed it. Never throws. */
export async function touch(secret: ManagedSecret, { send, nowMs, refreshBeforeMs }: TouchOptions): Promise<Touched> {
  const { namespace, name } = secret
  const mark = { [annotations.markedForUpdateAt]: formatTime(nowMs()) }
  try {
    const answer = await touchSecret(send, { namespace, name, annotations: mark, fieldManager: fieldManagers.refresh })
    if (answer.status === 404) return { secret, result: 'gone' }
    if (answer.status !== 200) return { secret, result: 'failed', cause: causeOf(answer) }
    const after = toMeta(answer.body).annotations[annotations.expiresAt]
    const warning = ourWarning(answer)
    // With --force, what was not due is not due after either: but the webhook says so if it could only keep what was there.
    const isKept = after === secret.expiresAt && warning !== undefined
    if (after !== undefined && !isKept && !isDue({ expiresAt: after, updatedAt: undefined, nowMs: nowMs(), refreshBeforeMs })) {
      return { secret, result: 'refreshed', expiresAt: after }
    }
    return { secret, result: 'failed', cause: warning ?? notCalled }
  } catch (error) {
    return { secret, result: 'failed', cause: sentence(error) }
  }
}

const notCalled =
  'the webhook was not called: is the namespace labelled, is the webhook registered (kubectl get mutatingwebhookconfigurations)?'

/** The API server's own message, which for a denial is the webhook's sentence. */
function causeOf(answer: KubeAnswer): string {
  const { message } = (answer.body ?? {}) as { message?: unknown }
  return typeof message === 'string' && message !== '' ? message : refused('touching it', answer).message
}

function ourWarning({ warnings }: KubeAnswer): string | undefined {
  return warnings.find(warning => warning.startsWith(warningPrefix))?.slice(warningPrefix.length)
}
