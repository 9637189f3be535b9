import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeIp } from './netns.ts'

export const nodeName = 'node1'
export const podRange = '10.244.0.0/24'
export const pauseImage = 'localhost/pause:1'

export interface NodeFiles {
  containerd: string
  kubelet: string
  /** the directory in which containerd looks up registries: `<certsDir>/<host>/hosts.toml` */
  certsDir: string
  socket: string
}

/** Writes the settings of a node's containerd, CNI and kubelet. */
export async function writeNodeFiles(dir: string, { cgroup }: { cgroup: string }): Promise<NodeFiles> {
  const files = {
    containerd: join(dir, 'containerd.toml'),
    kubelet: join(dir, 'kubelet.json'),
    certsDir: join(dir, 'certs.d'),
    socket: join(dir, 'containerd.sock'),
  }
  await mkdir(join(dir, 'cni'))
  await mkdir(files.certsDir)
  await writeFile(files.containerd, containerdToml(dir, files))
  await writeFile(join(dir, 'cni', '10-bridge.conflist'), JSON.stringify(bridge(dir)))
  // There is no DNS. Pods use addresses, and KUBERNETES_SERVICE_HOST for the API server.
  await writeFile(join(dir, 'resolv.conf'), '')
  await writeFile(files.kubelet, JSON.stringify(kubeletConfiguration(dir, { ...files, cgroup })))
  return files
}

/** https://github.com/containerd/containerd/blob/main/docs/cri/config.md */
function containerdToml(dir: string, { socket, certsDir }: { socket: string; certsDir: string }): string {
  return `version = 3
root = "${dir}/containerd"
state = "${dir}/containerd-state"
[grpc]
  address = "${socket}"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "${pauseImage}"
[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = "${certsDir}"
[plugins.'io.containerd.cri.v1.runtime']
  # Without CAP_SYS_RESOURCE, as in many containers, runc would fail with "can't get final child's PID from pipe".
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ["/usr/lib/cni"]
  conf_dir = "${dir}/cni"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = false
`
}

function bridge(dir: string): object {
  const ipam = { type: 'host-local', dataDir: join(dir, 'ipam'), ranges: [[{ subnet: podRange }]], routes: [{ dst: '0.0.0.0/0' }] }
  return {
    cniVersion: '1.0.0',
    name: 'bridge',
    plugins: [
      { type: 'bridge', bridge: 'cni0', isGateway: true, ipMasq: true, hairpinMode: true, ipam },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  }
}

/** https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
function kubeletConfiguration(dir: string, { socket, cgroup }: { socket: string; cgroup: string }): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: nodeIp,
    // It can be reached only from this network, which contains only the cluster.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    enforceNodeAllocatable: [],
    // CI machines may still have version 1 hierarchies and swap.
    failCgroupV1: false,
    failSwapOn: false,
    containerRuntimeEndpoint: `unix://${socket}`,
    // With a percentage of the disk of the machine, pods of a test would be evicted on a machine with a full disk.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    podLogsDir: join(dir, 'pods'),
    resolvConf: join(dir, 'resolv.conf'),
    volumePluginDir: join(dir, 'volume-plugins'),
    // With the default of one minute, tests of mounted Secrets would take too long.
    syncFrequency: '5s',
    registryPullQPS: 0,
  }
}
