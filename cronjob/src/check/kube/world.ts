import { setTimeout as sleep } from 'node:timers/promises'
import type { Kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import type { CheckWorld } from '../check.ts'
import { admissionObject } from '../expected.ts'
import { labelledNamespaces } from './namespaces.ts'

const pauseMs = 700

/**
 * The effects of a check on the API server: it reads objects by name, and writes only in dry runs.
 *
 * @param namespaces the only namespaces that the account may get; undefined if it may list all
 */
export function checkWorld(kubernetes: Kubernetes, namespaces: readonly string[] | undefined): CheckWorld {
  return {
    read: ({ apiVersion, kind, metadata: { name } }) => kubernetes.get({ apiVersion, kind, name }, admissionObject),
    pause: () => sleep(pauseMs),
    namespaces: () => labelledNamespaces(kubernetes, namespaces),
    tryApply: secret => kubernetes.tryApply({ ...secret }, fieldManagers.check),
  }
}
