/** The versions that are built and run. The etcd version here takes precedence over that in the go.mod of Kubernetes. */
export const versions = {
  kubernetes: '1.36.3',
  etcd: '3.6.8',
  containerd: '2.4.2',
  helm: '4.3.1',
} as const

/** The supported control planes by minor version, each with the newest patch version on the Go module proxy. */
export const kubernetesVersions = {
  '1.30': '1.30.14',
  '1.33': '1.33.13',
  '1.36': versions.kubernetes,
  '1.37': '1.37.2',
} as const

/** The version of all control planes: KUBERNETES_VERSION, which `npm run test:cluster -- --kubernetes 1.30` sets. */
export function controlPlaneVersion(): string {
  return kubernetesVersion(process.env.KUBERNETES_VERSION)
}

/** @returns the full version for a minor or full version @throws with the supported versions if it is none of them */
export function kubernetesVersion(wanted: string | undefined): string {
  if (wanted === undefined || wanted === '') return versions.kubernetes
  const found = Object.entries(kubernetesVersions).find(names => names.includes(wanted))
  if (found) return found[1]
  throw new Error(`found the Kubernetes version ${wanted}; expected one of ${Object.keys(kubernetesVersions).join(', ')}.`)
}
