import { causeIdOf } from '@ecr-anywhere/shared/cause-id.ts'
import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { ObjectEvent } from '@ecr-anywhere/shared/kube/events.ts'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { isNamespaceGone, messageOf, refused, statusOf } from '@ecr-anywhere/shared/kube/status.ts'
import { annotations, fieldManagers, labels } from '@ecr-anywhere/shared/names.ts'
import { pullSecret } from '@ecr-anywhere/shared/pull-secret.ts'
import { eachOf } from '../each-of.ts'

/** A pull Secret that an enabled namespace asks for and that is not among the managed Secrets. */
export interface MissingSecret {
  namespace: string
  /** Of the namespace. */
  uid: string
  name: string
}

type Outcome =
  | { result: 'created' }
  /** A managed Secret of this name exists, because `provision` created it since the list. */
  | { result: 'exists' }
  /** The namespace is deleted or is being deleted, or the Secret was deleted again. */
  | { result: 'gone' }
  /** A Secret of this name exists that is not managed. It is left as it is. */
  | { result: 'foreign' }
  | { result: 'failed'; cause: string }

/** What became of a missing Secret. */
export type Repaired = MissingSecret & Outcome

/** Creates missing pull Secrets, which the webhook fills. It never throws. */
export async function createMissing(
  missing: readonly MissingSecret[],
  { kubernetes, concurrency, isStopping }: { kubernetes: Kubernetes; concurrency: number; isStopping: () => boolean },
): Promise<Repaired[]> {
  const repaired: Repaired[] = []
  await eachOf(missing, concurrency, async one => {
    if (isStopping()) return
    try {
      repaired.push({ ...one, ...(await created(one, kubernetes)) })
    } catch (error) {
      repaired.push({ ...one, result: 'failed', cause: sentence(error) })
    }
  })
  return repaired
}

async function created({ namespace, name }: MissingSecret, kubernetes: Kubernetes): Promise<Outcome> {
  const answer = await kubernetes.tryCreate(pullSecret(namespace, name), fieldManagers.refresh)
  if (answer.status === 201) return { result: 'created' }
  if (statusOf(answer).reason === 'AlreadyExists') return existing({ namespace, name }, kubernetes)
  if (isNamespaceGone(answer)) return { result: 'gone' }
  return { result: 'failed', cause: messageOf(answer) ?? refused('creating it', answer).message }
}

async function existing({ namespace, name }: { namespace: string; name: string }, kubernetes: Kubernetes): Promise<Outcome> {
  const pages = kubernetes.list({ apiVersion: 'v1', kind: 'Secret', namespace }, { fieldSelector: `metadata.name=${name}` })
  const [found] = (await Array.fromAsync(pages)).flat()
  if (found === undefined) return { result: 'gone' }
  return { result: found.labels[labels.managed] === 'true' ? 'exists' : 'foreign' }
}

/** Why a foreign Secret is reported, and what to do. */
export function foreignMessage({ namespace, name }: MissingSecret): string {
  return [
    `found the Secret ${namespace}/${name}, which is not labelled managed, so it is left as it is and gets no credentials;`,
    'wanted none of this name, or a managed one.',
    `Run kubectl label secret -n ${namespace} ${name} ${labels.managed}=true, or name another Secret in the annotation`,
    `${annotations.pullSecret} of the namespace.`,
  ].join(' ')
}

/** One Event for each namespace with a foreign Secret. The API server refuses a second one while the first is stored. */
export function foreignEvents(repaired: readonly Repaired[], nowMs: number): ObjectEvent[] {
  const foreign = repaired.filter(({ result }) => result === 'foreign').slice(0, maxForeignEvents)
  return foreign.map(one => {
    const message = foreignMessage(one)
    return {
      component: fieldManagers.refresh,
      about: { kind: 'Namespace', namespace: one.namespace, name: one.namespace, uid: one.uid },
      reason: 'PullSecretNotManaged',
      message,
      // Not the name of the Secret, which may be as long as that of an Event may be.
      id: `${one.uid}.${causeIdOf(message)}`,
      nowMs,
    }
  })
}

/** More would only load the API server. The report names all. */
export const maxForeignEvents = 100
