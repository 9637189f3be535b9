import { KubeConfig } from '@kubernetes/client-node'
import { Fault } from '../fault.ts'

/**
 * Finds the cluster by the usual rules: KUBECONFIG, ~/.kube/config, in-cluster.
 *
 * @param context instead of the current context
 * @throws Fault `settings` if there is no cluster
 */
export function loadKubeConfig(context?: string): KubeConfig {
  const config = new KubeConfig()
  try {
    config.loadFromDefault()
  } catch (cause) {
    throw noCluster(cause)
  }
  if (context !== undefined) {
    if (config.getContextObject(context) === null) throw noContext(context, config)
    config.setCurrentContext(context)
  }
  // client-node falls back to http://localhost:8080, as kubectl once did. This is refused, because it is a guess and not encrypted.
  if (config.getCurrentCluster() === null || config.getCurrentCluster()?.server === 'http://localhost:8080') throw noCluster(undefined)
  const { server, skipTLSVerify } = config.getCurrentCluster() ?? {}
  if (server?.startsWith('http:') && skipTLSVerify !== true) throw plainHttp(server)
  return config
}

function noContext(context: string, config: KubeConfig): Fault {
  const names = config.getContexts().map(({ name }) => name)
  return new Fault('settings', {
    found: `the context ${JSON.stringify(context)}`,
    wanted: names.length === 0 ? 'a kubeconfig with contexts' : `one of ${names.join(', ')}`,
    todo: 'Run `kubectl config get-contexts`.',
  })
}

/** client-node would also refuse it, but only at the first request and without naming the server. */
function plainHttp(server: string): Fault {
  return new Fault('settings', {
    found: `the cluster ${server} in plain HTTP`,
    wanted: 'https',
    todo: 'Use https; for a proxy on this machine (kubectl proxy), set insecure-skip-tls-verify: true on the cluster.',
  })
}

function noCluster(cause: unknown): Fault {
  return new Fault('settings', {
    found: 'no usable cluster in KUBECONFIG, ~/.kube/config or the service account of this pod',
    wanted: 'one current context with a server',
    todo: 'Set KUBECONFIG, or run in a pod that has its service account token mounted.',
    cause,
  })
}
