/** Where the parts of a node that runs are. */
export interface Place {
  kubeconfig: string
  netns: string
  /** directory of kubectl and helm */
  bin: string
  /** of the emulator of AWS */
  awsUrl: string
  /** of the release, and of what pulls */
  namespaces: { release: string; apps: string }
  release: string
}

/** What a reader types to continue by hand: the first two lines enter the node's network, the others are commands in there. */
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
