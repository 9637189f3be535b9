import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import { z } from 'zod'

const owned = z.object({ metadata: z.object({ uid: z.string(), ownerReferences: z.array(z.object({ uid: z.string() })).default([]) }) })

/**
 * Makes an object of the release the owner of a Secret, so that Kubernetes removes it after the release. Before the release's objects
 * are there (a pre-install hook) nothing happens. A field manager of its own: the Secret's content is not touched.
 *
 * @param owner `v1/ConfigMap/<name>`
 */
export async function ownSecret(
  kubernetes: Kubernetes,
  { namespace, name, owner }: { namespace: string; name: string; owner: string },
): Promise<void> {
  const [apiVersion = '', kind = '', ownerName = ''] = owner.split('/')
  const found = await kubernetes.get({ apiVersion, kind, namespace, name: ownerName }, owned)
  const secret = await kubernetes.get({ apiVersion: 'v1', kind: 'Secret', namespace, name }, owned)
  if (found === undefined || secret === undefined) return
  const { uid } = found.metadata
  if (secret.metadata.ownerReferences.some(reference => reference.uid === uid)) return
  const metadata = { namespace, name, ownerReferences: [{ apiVersion, kind, name: ownerName, uid }] }
  await kubernetes.apply({ apiVersion: 'v1', kind: 'Secret', metadata }, fieldManagers.owner)
}
