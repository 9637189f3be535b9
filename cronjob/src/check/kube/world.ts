import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import type { CheckWorld } from '../check.ts'
import { admissionObject } from '../expected.ts'
import { labelledNamespaces } from './namespaces.ts'

/**
 * The API server as a check uses it: it reads by name, and writes in dry runs.
 *
 * @param namespaces where the account may get these only; undefined where it may list all
 */
export function checkWorld(kubernetes: Kubernetes, namespaces: readonly string[] | undefined): CheckWorld {
  return {
    read: ({ apiVersion, kind, metadata: { name } }) => kubernetes.get({ apiVersion, kind, name }, admissionObject),
    namespaces: () => labelledNamespaces(kubernetes, namespaces),
    tryApply: secret => kubernetes.tryApply({ ...secret }, fieldManagers.check),
  }
}
