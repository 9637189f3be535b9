import type { KubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { applyObject, getObject } from '@ecr-anywhere/shared/kube/objects.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'

/**
 * Makes an object of the release the owner of a Secret, so that Kubernetes removes it after the release. Before the release's objects
 * are there (a pre-install hook) nothing happens. A field manager of its own: the Secret's content is not touched.
 *
 * @param owner `v1/ConfigMap/<name>`
 */
export async function ownSecret(
  send: KubeClient['request'],
  { namespace, name, owner }: { namespace: string; name: string; owner: string },
): Promise<void> {
  const [apiVersion = '', kind = '', ownerName = ''] = owner.split('/')
  const found = await getObject(send, `/api/v1/namespaces/${namespace}/configmaps/${ownerName}`)
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`
  const secret = await getObject(send, path)
  if (found === undefined || secret === undefined) return
  const { uid } = found.metadata as { uid: string }
  const { ownerReferences = [] } = secret.metadata as { ownerReferences?: { uid: string }[] }
  if (ownerReferences.some(reference => reference.uid === uid)) return
  const metadata = { namespace, name, ownerReferences: [{ apiVersion, kind, name: ownerName, uid }] }
  await applyObject(send, { path, object: { apiVersion: 'v1', kind: 'Secret', metadata }, fieldManager: fieldManagers.owner })
}
