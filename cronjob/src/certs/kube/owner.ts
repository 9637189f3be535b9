import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import * as z from 'zod'

const owned = z.object({ metadata: z.object({ uid: z.string(), ownerReferences: z.array(z.object({ uid: z.string() })).default([]) }) })

/**
 * Makes an object of the release the owner of a Secret, so that the garbage collector deletes the Secret once the release is uninstalled.
 * Does nothing while the owner does not exist (in a pre-install hook). The separate field manager leaves the Secret's content unchanged.
 *
 * @param owner `v1/ConfigMap/<name>`
 */
export async function ownSecret(
  kubernetes: Kubernetes,
  { namespace, name, owner }: { namespace: string; name: string; owner: string },
): Promise<void> {
  const [apiVersion = '', kind = '', ownerName = ''] = owner.split('/')
  const ownerObject = await kubernetes.get({ apiVersion, kind, namespace, name: ownerName }, owned)
  const secret = await kubernetes.get({ apiVersion: 'v1', kind: 'Secret', namespace, name }, owned)
  if (ownerObject === undefined || secret === undefined) return
  const { uid } = ownerObject.metadata
  if (secret.metadata.ownerReferences.some(reference => reference.uid === uid)) return
  const metadata = { namespace, name, ownerReferences: [{ apiVersion, kind, name: ownerName, uid }] }
  await kubernetes.apply({ apiVersion: 'v1', kind: 'Secret', metadata }, fieldManagers.owner)
}
