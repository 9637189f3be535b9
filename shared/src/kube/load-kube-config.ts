import { KubeConfig } from '@kubernetes/client-node'
import { Fault } from '../fault.ts'

/** Finds the cluster by the usual client rules: KUBECONFIG, ~/.kube/config, in-cluster. @throws Fault `settings` if there is none */
export function loadKubeConfig(): KubeConfig {
  const config = new KubeConfig()
  try {
    config.loadFromDefault()
  } catch (cause) {
    throw noCluster(cause)
  }
  // client-node falls back to http://localhost:8080, as kubectl once did: a guess, and one in plain text.
  if (config.getCurrentCluster() === null || config.getCurrentCluster()?.server === 'http://localhost:8080') throw noCluster(undefined)
  const { server, skipTLSVerify } = config.getCurrentCluster() ?? {}
  if (server?.startsWith('http:') && skipTLSVerify !== true) throw plainHttp(server)
  return config
}

/** client-node would refuse it too, at the first request and with an error that names nothing. */
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
