import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from './core.ts'
import { nodeIp } from './netns.ts'
import { type NodeFiles, nodeName, podRange } from './node-files.ts'
import type { Servers } from './servers.ts'

export interface MachineOptions {
  bin: string
  dir: string
  kubeconfig: string
  files: NodeFiles
  servers: Servers
  /** changes a command so that it runs in the network of the node */
  enter: (command: Command) => Command
}

// This is the first process of its process and mount namespaces. When it ends, the kernel ends shims and containers, which outlive
// containerd, and removes their mounts. /var/lib, /var/log and /run are in memory, so that no file of the node is left.
const init = `
mount --make-rshared /
for place in /var/lib /var/log /run; do mount -t tmpfs tmpfs $place; done
"$@"`

/** Starts containerd, kubelet and kube-proxy. Resolves when containerd is ready. */
export async function startMachine({ bin, dir, kubeconfig, files, servers, enter }: MachineOptions): Promise<void> {
  const start = (name: string, command: Command) => {
    const [file, ...args] = enter(command)
    return servers.start({ name, file, args })
  }
  // containerd finds its shim in PATH.
  const containerd = ['env', `PATH=${bin}:${process.env.PATH}`, join(bin, 'containerd'), '--config', files.containerd]
  const unshare: Command = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-e', '-c', init, 'init']
  const outer = start('containerd', [...unshare, ...containerd])
  const kubeProxy = ['--proxy-mode=nftables', `--cluster-cidr=${podRange}`, '--conntrack-max-per-core=0']
  start('kube-proxy', [join(bin, 'kube-proxy'), `--kubeconfig=${kubeconfig}`, `--hostname-override=${nodeName}`, ...kubeProxy])
  await servers.until('containerd', async () => await exists(files.socket))

  const flags = [
    `--config=${files.kubelet}`,
    `--kubeconfig=${kubeconfig}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${nodeIp}`,
    `--root-dir=${join(dir, 'kubelet')}`,
    `--cert-dir=${join(dir, 'kubelet-pki')}`,
  ]
  const inner = (await readFile(`/proc/${outer}/task/${outer}/children`, 'utf8')).trim()
  servers.start({
    name: 'kubelet',
    file: 'nsenter',
    args: [`--target=${inner}`, '--net', '--mount', '--pid', '--', join(bin, 'kubelet'), ...flags],
  })
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
