import { causeIdOf } from '@ecr-anywhere/shared/cause-id.ts'
import type { ObjectEvent } from '@ecr-anywhere/shared/kube/events.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import { type SecretState, secretState } from '@ecr-anywhere/shared/secret-state.ts'
import { maxEvents } from './events.ts'
import type { Run } from './refresh.ts'
import { type Failed, failedOf } from './report.ts'
import type { WaitingPod } from './waiting-pods.ts'

/** A Secret that a run failed to renew and that holds no valid credentials, so that no pod can pull with it. */
export type UnusableSecret = Failed & { state: Extract<SecretState, 'NeverInjected' | 'Expired'> }

export function unusableOf(run: Pick<Run, 'touched'>, times: { nowMs: number; refreshBeforeMs: number }): UnusableSecret[] {
  return failedOf(run).flatMap(one => {
    const state = secretState({ ...one.secret, ...times })
    return state === 'NeverInjected' || state === 'Expired' ? [{ ...one, state }] : []
  })
}

/**
 * A Warning for each pod that waits for an image from ECR and has such a Secret as its image pull secret. It states only what is certain: what
 * this Secret holds, and why it was not renewed. A pod has one Event for each cause: the API server refuses a second one while the first is stored.
 */
export function podEventsOf(pods: readonly WaitingPod[], unusable: readonly UnusableSecret[], nowMs: number): ObjectEvent[] {
  const events = pods.flatMap(({ namespace, name, uid, pullSecrets, image }): ObjectEvent[] => {
    const one = unusable.find(({ secret }) => secret.namespace === namespace && pullSecrets.includes(secret.name))
    if (one === undefined) return []
    const { secret, cause } = one
    const message = `The image ${image} cannot be pulled with the image pull secret ${secret.name}, which ${heldBy(one)} and was not renewed: ${cause}`
    const about = { kind: 'Pod', namespace, name, uid } as const
    const id = `${uid}.${causeIdOf(`${secret.name} ${cause}`)}`
    return [{ component: fieldManagers.refresh, about, reason: 'PullSecretNotRenewed', message, id, nowMs }]
  })
  return events.slice(0, maxEvents)
}

/** An `expires_at` that is no time is not quoted, because anybody may have written it. */
function heldBy({ state, secret: { expiresAt } }: UnusableSecret): string {
  if (state === 'Expired') return `has credentials that expired at ${expiresAt}`
  return expiresAt === undefined ? 'has never had credentials' : 'has an expires_at that is no time'
}
