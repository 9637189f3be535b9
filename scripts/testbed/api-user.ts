import { KubeConfig } from '@kubernetes/client-node'
import { type KubeClient, kubeClient } from '../../shared/src/kube/client.ts'

/** A client of the API server that is one user, without kubectl's habit of reading before it writes. */
export async function apiUser(kubeconfig: string, connections = 4): Promise<KubeClient> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  return kubeClient(config, connections)
}

export function secretsPath(namespace: string, name?: string): string {
  return `/api/v1/namespaces/${namespace}/secrets${name === undefined ? '' : `/${name}`}`
}
