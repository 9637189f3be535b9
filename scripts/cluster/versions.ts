/** What is built and run, on a node as well. `kubernetes`'s own go.mod names an etcd too; ours wins. */
export const versions = {
  kubernetes: '1.36.3',
  etcd: '3.6.8',
  containerd: '2.4.2',
  helm: '4.3.1',
} as const

/** The control planes that can be started, by minor version: of each, the newest patch that the Go module proxy serves. */
export const kubernetesVersions = {
  '1.30': '1.30.14',
  '1.33': '1.33.13',
  '1.36': versions.kubernetes,
  '1.37': '1.37.2',
} as const

/** The version of every control plane that is started: KUBERNETES_VERSION, which `npm run test:cluster -- --kubernetes 1.30` sets. */
export function controlPlaneVersion(): string {
  return kubernetesVersion(process.env.KUBERNETES_VERSION)
}

/** The whole version for a minor one, or for itself. @throws with those that there are, where it is none of them */
export function kubernetesVersion(wanted: string | undefined): string {
  if (wanted === undefined || wanted === '') return versions.kubernetes
  const found = Object.entries(kubernetesVersions).find(names => names.includes(wanted))
  if (found) return found[1]
  throw new Error(`found the Kubernetes version ${wanted}; expected one of ${Object.keys(kubernetesVersions).join(', ')}.`)
}
