/** The addresses and paths of a running node. */
export interface Place {
  kubeconfig: string
  netns: string
  /** the directory of kubectl and helm */
  bin: string
  /** the URL of the emulator of AWS */
  awsUrl: string
  /** the namespaces of the release and of the pod */
  namespaces: { release: string; apps: string }
  release: string
}

/** Commands for a user. `enter` opens a shell in the network of the node, and `commands` can be run in it. */
export function byHand({ kubeconfig, netns, bin, awsUrl, namespaces, release }: Place): { enter: string[]; commands: string[] } {
  return {
    enter: [`export KUBECONFIG=${kubeconfig} PATH=${bin}:$PATH`, `nsenter --net=/var/run/netns/${netns} bash`],
    commands: [
      'kubectl get pods -A',
      `kubectl get secret ecr-pull -n ${namespaces.apps} -o yaml`,
      `kubectl exec app -n ${namespaces.apps} -- echo hello`,
      `kubectl create job --from=cronjob/ecr-anywhere-refresh refresh-now -n ${namespaces.release}`,
      `kubectl logs -n ${namespaces.release} -l app.kubernetes.io/component=webhook --prefix`,
      `helm test ${release} -n ${namespaces.release}`,
      `curl ${awsUrl}/_emulator/calls`,
    ],
  }
}
