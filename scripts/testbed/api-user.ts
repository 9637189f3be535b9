import { type Kubernetes, kubernetes } from '@ecr-anywhere/shared/kube/kubernetes.ts'
import { pathOf } from '@ecr-anywhere/shared/kube/path.ts'
import { type KubeTransport, kubeTransport } from '@ecr-anywhere/shared/kube/transport.ts'
import { KubeConfig } from '@kubernetes/client-node'

export interface ApiUser extends KubeTransport {
  /** Sends a request without retries. */
  kubernetes: Kubernetes
}

/** A client of the API server for one user. Unlike kubectl, it does not read before it writes. */
export async function apiUser(kubeconfig: string, connections = 4): Promise<ApiUser> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const transport = await kubeTransport(config, connections)
  return { ...transport, kubernetes: kubernetes(transport) }
}

export function secretsPath(namespace?: string, name?: string): string {
  return pathOf({ apiVersion: 'v1', kind: 'Secret', namespace, ...(name === undefined ? {} : { name }) })
}
