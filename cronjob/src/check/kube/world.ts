import type { KubeAnswer, KubeClient } from '@ecr-anywhere/shared/kube/client.ts'
import { getObject } from '@ecr-anywhere/shared/kube/objects.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import type { CheckWorld } from '../check.ts'
import type { AdmissionObject } from '../expected.ts'
import type { ProbeSecret } from '../probes.ts'
import { labelledNamespaces } from './namespaces.ts'

/**
 * The API server as a check uses it: it reads by name, and writes in dry runs.
 *
 * @param namespaces where the account may get these only; undefined where it may list all
 */
export function checkWorld(send: KubeClient['request'], namespaces: readonly string[] | undefined): CheckWorld {
  return {
    read: object => readAdmissionObject(send, object),
    namespaces: () => labelledNamespaces(send, namespaces),
    tryApply: secret => tryApply(send, secret),
  }
}

/** @returns the object of this kind and name, or undefined if there is none @throws Fault `transient` with the API server's reason */
function readAdmissionObject(send: KubeClient['request'], { apiVersion, kind, metadata }: AdmissionObject) {
  const resource = `${kind.toLowerCase()}s`.replace(/policys$/, 'policies')
  return getObject(send, `/apis/${apiVersion}/${resource}/${metadata.name}`)
}

/** Server-side apply in a dry run. @returns the answer, whatever its status */
function tryApply(send: KubeClient['request'], secret: ProbeSecret): Promise<KubeAnswer> {
  const { namespace, name } = secret.metadata
  return send({
    method: 'PATCH',
    path: `/api/v1/namespaces/${namespace}/secrets/${name}?fieldManager=${fieldManagers.check}&force=true&dryRun=All`,
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify(secret),
  })
}
