import { versions } from './versions.ts'

/** Programs that are needed together: an API server alone, what a node adds to it, and Helm. */
export type Group = 'controlplane' | 'node' | 'helm'

/** The Go module whose requirements a program is built with. */
export type Module = 'kubernetes' | 'containerd' | 'helm'

export interface Binary {
  name: string
  version: string
  module: Module
  /** import path of the main package */
  source: string
  /** flags of `go build` */
  flags: string[]
}

// -s -w: no debug tables, which nobody reads here: quicker to link, smaller to keep.
const bare = '-s -w'

export const groups: Record<Group, Binary[]> = {
  controlplane: [etcd(), ...controlPlaneOf(versions.kubernetes), kubernetes('kubectl')],
  node: [
    ...['kube-scheduler', 'kubelet', 'kube-proxy'].map(name => kubernetes(name)),
    ...['containerd', 'containerd-shim-runc-v2', 'ctr'].map(containerd),
  ],
  helm: [helm()],
}

/** What is built of a Kubernetes version for itself. One etcd and one kubectl serve every version. */
export function controlPlaneOf(version: string): Binary[] {
  return ['kube-apiserver', 'kube-controller-manager'].map(name => kubernetes(name, version))
}

function kubernetes(name: string, version: string = versions.kubernetes): Binary {
  const [major, minor] = version.split('.')
  // Without these a server calls itself v0.0.0-master and kubectl warns of version skew.
  const stamp = Object.entries({ gitVersion: `v${version}`, gitMajor: major, gitMinor: minor })
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ')
  return { name, version, module: 'kubernetes', source: `k8s.io/kubernetes/cmd/${name}`, flags: ['-ldflags', `${bare} ${stamp}`] }
}

function etcd(): Binary {
  const source = 'go.etcd.io/etcd/server/v3'
  return { name: 'etcd', version: versions.etcd, module: 'kubernetes', source, flags: ['-ldflags', bare] }
}

function containerd(name: string): Binary {
  const source = `github.com/containerd/containerd/v2/cmd/${name}`
  // The snapshotters left out need C headers that a machine may lack; overlayfs is the one used.
  const flags = ['-tags', 'no_btrfs,no_devmapper,no_zfs', '-ldflags', bare]
  return { name, version: versions.containerd, module: 'containerd', source, flags }
}

function helm(): Binary {
  const version = versions.helm
  const flags = ['-ldflags', `${bare} -X helm.sh/helm/v4/internal/version.version=v${version}`]
  return { name: 'helm', version, module: 'helm', source: 'helm.sh/helm/v4/cmd/helm', flags }
}
