import { join } from 'node:path'
import type { Test } from 'tap'
import { ensureBinaries } from '../cluster/build.ts'
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts'
import { run } from '../cluster/run.ts'
import { sharedKubeconfig } from './shared-cluster.ts'

export type Cluster = Pick<ControlPlane, 'kubeconfig' | 'kubectl'>

/** A control plane that the files of a suite share one after the other, or a new one if a file runs alone. */
export async function clusterFor(t: Test): Promise<Cluster> {
  const kubeconfig = sharedKubeconfig(process.env)
  if (kubeconfig === undefined) {
    const own = await startControlPlane()
    t.teardown(() => own.stop())
    return own
  }
  const kubectl = join(await ensureBinaries('controlplane'), 'kubectl')
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(kubeconfig, '../kubectl-cache') }
  return {
    kubeconfig,
    kubectl: (...args) => {
      const given: (string | { input: string })[] = args
      const input = given.find(arg => typeof arg !== 'string')?.input ?? ''
      return run(
        kubectl,
        given.filter(arg => typeof arg === 'string'),
        { env, input },
      )
    },
  }
}
