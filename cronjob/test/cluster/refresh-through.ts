import { join } from 'node:path'
import type { Outcome } from '@ecr-anywhere/scripts/cluster/run.ts'
import type { Cluster } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import type { Testbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { type FailingProxyOptions, startFailingProxy } from './failing-proxy.ts'

/** The answers of a failing API server. */
export type Failing = Pick<FailingProxyOptions, 'before' | 'rewrite'>

/** Runs a refresh of some namespaces through a proxy that fails as the test decides. */
export async function refreshThrough(
  failing: Failing,
  { bed, cluster, namespaces }: { bed: Testbed; cluster: Cluster; namespaces: string[] },
): Promise<Outcome> {
  const file = join(bed.dir, `${namespaces[0]}.kubeconfig`)
  const proxy = await startFailingProxy({ kubeconfig: cluster.kubeconfig, file, ...failing })
  try {
    return await bed.ecrAnywhere(['refresh'], { KUBECONFIG: file, NAMESPACES: namespaces.join() })
  } finally {
    proxy.stop()
  }
}
