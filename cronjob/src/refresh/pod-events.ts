import { causeIdOf } from '@ecr-anywhere/shared/cause-id.ts'
import type { ObjectEvent } from '@ecr-anywhere/shared/kube/events.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import { maxEvents } from './events.ts'
import type { Run } from './refresh.ts'
import { type Failed, failedOf } from './report.ts'
import type { WaitingPod } from './waiting-pods.ts'

/** The Secrets that a run failed to renew and that hold no valid credentials, so that no pod can pull with them. */
export function unusableOf(run: Pick<Run, 'touched'>, nowMs: number): Failed[] {
  return failedOf(run).filter(({ secret }) => (parseTime(secret.expiresAt) ?? 0) <= nowMs)
}

/**
 * A Warning for each pod that waits for an image from ECR and has such a Secret as its image pull secret. It states only what is certain: that
 * this Secret has no valid credentials, and why. A pod has one Event for each cause: the API server refuses a second one while the first is stored.
 */
export function podEventsOf(pods: readonly WaitingPod[], unusable: readonly Failed[], nowMs: number): ObjectEvent[] {
  const events = pods.flatMap(({ namespace, name, uid, pullSecrets, image }): ObjectEvent[] => {
    const one = unusable.find(({ secret }) => secret.namespace === namespace && pullSecrets.includes(secret.name))
    if (one === undefined) return []
    const { secret, cause } = one
    const state =
      parseTime(secret.expiresAt) === undefined ? 'has never had credentials' : `has credentials that expired at ${secret.expiresAt}`
    const message = `The image ${image} cannot be pulled with the image pull secret ${secret.name}, which ${state} and was not renewed: ${cause}`
    const about = { kind: 'Pod', namespace, name, uid } as const
    const id = `${uid}.${causeIdOf(`${secret.name} ${cause}`)}`
    return [{ component: fieldManagers.refresh, about, reason: 'PullSecretNotRenewed', message, id, nowMs }]
  })
  return events.slice(0, maxEvents)
}
