import { versions } from './versions.ts'

/** Groups of programs: the control plane, the additional programs of a node, and Helm. */
export type Group = 'controlplane' | 'node' | 'helm'

/** The Go module with whose requirements the program is built. */
export type Module = 'kubernetes' | 'containerd' | 'helm'

export interface Binary {
  name: string
  version: string
  module: Module
  /** the import path of the main package */
  source: string
  /** the flags of `go build` */
  flags: string[]
}

// -s -w omit debug tables, which makes linking faster and the programs smaller.
const bare = '-s -w'

export const groups: Record<Group, Binary[]> = {
  controlplane: [etcd(), ...controlPlaneOf(versions.kubernetes), kubernetes('kubectl')],
  node: [
    ...['kube-scheduler', 'kubelet', 'kube-proxy'].map(name => kubernetes(name)),
    ...['containerd', 'containerd-shim-runc-v2', 'ctr'].map(containerd),
  ],
  helm: [helm()],
}

/** The programs that are built for each Kubernetes version. All versions share one etcd and one kubectl. */
export function controlPlaneOf(version: string): Binary[] {
  return ['kube-apiserver', 'kube-controller-manager'].map(name => kubernetes(name, version))
}

function kubernetes(name: string, version: string = versions.kubernetes): Binary {
  const [major, minor] = version.split('.')
  // Without these flags a server reports v0.0.0-master, and kubectl warns about version skew.
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
  // The omitted snapshotters need C headers that a machine may not have. Only overlayfs is used.
  const flags = ['-tags', 'no_btrfs,no_devmapper,no_zfs', '-ldflags', bare]
  return { name, version: versions.containerd, module: 'containerd', source, flags }
}

function helm(): Binary {
  const version = versions.helm
  const flags = ['-ldflags', `${bare} -X helm.sh/helm/v4/internal/version.version=v${version}`]
  return { name: 'helm', version, module: 'helm', source: 'helm.sh/helm/v4/cmd/helm', flags }
}
