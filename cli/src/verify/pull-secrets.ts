import type { Pod } from '@ecr-anywhere/shared/kube/pod.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { ifAllowed, isCannotTell } from '../cluster/denied.ts'
import { type Entries, entriesOf, isPullSecret, loginSecret } from './logins.ts'

/** A Secret that a pod names, with what the kubelet can use of it. */
export interface PullSecret {
  name: string
  /** `needs`: the right without which it cannot be told. */
  content: Entries | { needs: string }
}

/** The image pull secrets of a pod, in its order. @throws every error but a missing right */
export function pullSecrets({ get }: Pick<Cluster, 'get'>, { namespace, pullSecrets }: Pod): Promise<PullSecret[]> {
  return Promise.all(
    pullSecrets.map(async name => {
      const needs = `the right to get secret ${name} in namespace ${namespace}`
      const key = { apiVersion: 'v1', kind: 'Secret', namespace, name }
      const secret = await ifAllowed({ what: '', needs }, () => get(key, loginSecret))
      if (isCannotTell(secret)) return { name, content: { needs } }
      if (secret === undefined) return { name, content: { unusable: 'it does not exist' } }
      if (!isPullSecret(secret)) return { name, content: { unusable: `its type ${secret.type} is none of image pull secrets` } }
      return { name, content: entriesOf(secret) }
    }),
  )
}
