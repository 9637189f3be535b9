import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { AppliedObject, Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import type { ObjectMeta } from '@ecr-anywhere/shared/kube/objects.ts'
import { annotations, fieldManagers, labels } from '@ecr-anywhere/shared/names.ts'

/** A Secret whose expiry is also in a ConfigMap of the same name. */
export interface ExpirySecret {
  namespace: string
  name: string
}

export interface ExpiryOptions {
  expiryConfigMaps?: readonly ExpirySecret[] | undefined
  dryRun: boolean
  /** The namespace to which a run was restricted by flag. */
  namespace: string | undefined
}

/**
 * Writes the ConfigMaps that argo-ecr-auth kept beside its Secrets, for programs that read them. They agree with the Secrets after the run. A
 * Secret that does not exist, or that has no credentials, leaves its ConfigMap unchanged.
 *
 * @returns why some were not written; undefined if all were. It never throws, because the run is already reported
 */
export async function writeExpiryConfigMaps(
  { expiryConfigMaps = [], dryRun, namespace }: ExpiryOptions,
  kubernetes: Pick<Kubernetes, 'list' | 'apply'>,
): Promise<string | undefined> {
  if (dryRun) return undefined
  const problems: string[] = []
  for (const secret of expiryConfigMaps.filter(one => namespace === undefined || one.namespace === namespace)) {
    try {
      const object = configMapOf(await metaOf(secret, kubernetes))
      if (object !== undefined) await kubernetes.apply(object, fieldManagers.refresh)
    } catch (error) {
      problems.push(`the ConfigMap ${secret.namespace}/${secret.name} was not written: ${sentence(error)}`)
    }
  }
  return problems.length === 0 ? undefined : `refresh failed: ${problems.join('; ')}`
}

/** A list with the name as its selector, because the refresher has no right to get Secrets. */
async function metaOf({ namespace, name }: ExpirySecret, kubernetes: Pick<Kubernetes, 'list'>): Promise<ObjectMeta | undefined> {
  const selectors = { labelSelector: `${labels.managed}=true`, fieldSelector: `metadata.name=${name}` }
  const pages = await Array.fromAsync(kubernetes.list({ apiVersion: 'v1', kind: 'Secret', namespace }, selectors))
  return pages.flat().find(meta => meta.name === name)
}

/** The spelling of the key is the one of argo-ecr-auth. Its programs parse the time as RFC 3339, the format of our annotation. */
function configMapOf(secret: ObjectMeta | undefined): AppliedObject | undefined {
  const expireyTime = secret?.annotations[annotations.expiresAt]
  const name = secret?.annotations[annotations.injectedRegistries]
  if (secret === undefined || secret.isBeingDeleted || expireyTime === undefined || name === undefined) return undefined
  const metadata = { namespace: secret.namespace, name: secret.name, labels: { 'argo-ecr-auth': 'managed-resource' } }
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { expireyTime, name } }
}
