import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { type KubeConfigChoice, loadKubeConfig } from '@ecr-anywhere/shared/kube/load-kube-config.ts'
import { kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { type Cluster, clusterOf } from '../cluster.ts'

/** The maximum number of connections to an API server. A command reads a few lists at the same time. */
const connections = 8

export interface OpenCluster extends Cluster {
  close: () => void
}

/**
 * Opens a cluster with the user's own kubeconfig. No request is sent yet.
 *
 * @throws Fault `settings` if there is no such cluster, or if its credentials cannot be had
 */
export async function openCluster(choice: KubeConfigChoice): Promise<OpenCluster> {
  const config = loadKubeConfig(choice)
  const context = config.getCurrentContext()
  try {
    const { request, close } = await kubeTransport(config, connections)
    const namespace = config.getContextObject(context)?.namespace || 'default'
    return { ...clusterOf({ context, namespace, server: config.getCurrentCluster()?.server ?? '', request }), close }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('settings', {
      found: `that the credentials of the context ${context} cannot be had`,
      wanted: 'a certificate, a token or a credential plugin that works',
      todo: `Try \`kubectl get namespaces --context ${context}\`; --debug shows the error.`,
      cause,
    })
  }
}
