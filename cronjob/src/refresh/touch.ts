import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { objectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { parsed } from '@ecr-anywhere/shared/kube/parsed.ts'
import { messageOf, refused } from '@ecr-anywhere/shared/kube/status.ts'
import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'
import { annotations, fieldManagers, labels, warningPrefix } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { ManagedSecret } from './plan.ts'
import { type Life, lifeOf, whyNotRenewed } from './verify.ts'

/** The result of one touch. */
export type Touched = { secret: ManagedSecret } & (
  | ({ result: 'refreshed' } & Life)
  | { result: 'failed'; cause: string }
  /** The Secret is deleted, being deleted or no longer managed, which is not a failure. */
  | { result: 'gone' }
  /** The run was stopped before the answer arrived. The result is unknown until the next run. */
  | { result: 'abandoned' }
)

export interface TouchOptions {
  kubernetes: Kubernetes
  nowMs: () => number
  refreshBeforeMs: number
}

/** Touches one Secret and verifies from the answer that the webhook renewed it. Never throws. */
export async function touch(secret: ManagedSecret, { kubernetes, nowMs, refreshBeforeMs }: TouchOptions): Promise<Touched> {
  const { namespace, name } = secret
  const mark = { [annotations.markedForUpdateAt]: formatTime(nowMs()) }
  try {
    const answer = await kubernetes.touch({ namespace, name, annotations: mark, fieldManager: fieldManagers.refresh })
    if (answer.status === 404) return { secret, result: 'gone' }
    if (answer.status !== 200) return { secret, result: 'failed', cause: causeOf(answer) }
    const meta = parsed(objectMeta, answer.body)
    if (meta.isBeingDeleted || meta.labels[labels.managed] !== 'true') return { secret, result: 'gone' }
    const after = lifeOf(meta)
    const cause = whyNotRenewed(secret, after, { nowMs: nowMs(), refreshBeforeMs, warnings: ourWarnings(answer) })
    return cause === undefined ? { secret, result: 'refreshed', ...after } : { secret, result: 'failed', cause }
  } catch (error) {
    return error instanceof Fault && error.code === 'ABORT_ERR'
      ? { secret, result: 'abandoned' }
      : { secret, result: 'failed', cause: sentence(error) }
  }
}

/** The message of the API server, which for a denial contains the message of the webhook. */
function causeOf(answer: KubeAnswer): string {
  return messageOf(answer) ?? refused('touching it', answer).message
}

function ourWarnings({ warnings }: KubeAnswer): string[] {
  return warnings.filter(warning => warning.startsWith(warningPrefix)).map(warning => warning.slice(warningPrefix.length))
}
