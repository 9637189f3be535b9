import type { Expected } from '@ecr-anywhere/cronjob/check/expected.ts'
import { tenantProblem } from '@ecr-anywhere/cronjob/check/judge.ts'
import { managedProbe, placesOf, plainProbe } from '@ecr-anywhere/cronjob/check/probes.ts'
import { kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { refused, statusOf } from '@ecr-anywhere/shared/kube/status.ts'
import type { KubeAnswer } from '@ecr-anywhere/shared/kube/transport.ts'
import { fieldManagers } from '@ecr-anywhere/shared/names.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { NamespaceFacts } from './namespaces.ts'
import type { Release } from './release.ts'

/** The answers to a Secret that is written for each tenant in a dry run, which stores nothing. */
export interface Probe {
  tenant: string
  namespace: string
  /** The API server's message, if it could not call the webhook; empty if it could. */
  notCalled: string
  /** In one sentence; undefined if the tenant's Secrets get credentials. */
  problem: string | undefined
}

export type Probes = Probe[]

export interface ProbeOptions {
  release: Release
  expected: Expected
  namespaces: NamespaceFacts
}

const name = 'ecr-anywhere-probe'

/** @throws Fault `Forbidden` if the user may not write such a Secret */
export async function probeTenants(
  { request }: Pick<Cluster, 'request'>,
  { release, expected, namespaces }: ProbeOptions,
): Promise<Probes> {
  const { tryApply } = kubernetes({ request })
  const places = placesOf(expected.tenants, namespaces.enabled)
  return Promise.all(
    places.map(async ({ tenant, namespaces: [first] }) => {
      const secret = first === undefined ? plainProbe(release.namespace, name, tenant) : managedProbe(first, name)
      const { namespace } = secret.metadata
      const answer = await tryApply({ ...secret }, fieldManagers.check)
      if (isUnauthorized(answer)) throw refused(`a dry run in namespace ${namespace}`, answer)
      const { message = '' } = statusOf(answer)
      const notCalled = message.includes('failed calling webhook') ? message : ''
      return {
        tenant,
        namespace,
        notCalled,
        problem: tenantProblem(answer, { tenant, namespace, releaseNamespace: release.namespace })?.why,
      }
    }),
  )
}

/** Whether the user lacks the right. A policy or the webhook denies with other messages. */
function isUnauthorized(answer: KubeAnswer): boolean {
  return answer.status === 403 && / cannot \w+ resource /.test(statusOf(answer).message ?? '')
}
