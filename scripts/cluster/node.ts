import { randomBytes } from 'node:crypto'
import { mkdtemp, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { ensureBinaries } from './build.ts'
import { addCgroup, removeCgroup } from './cgroup.ts'
import type { ControlPlane } from './control-plane.ts'
import { type Command, runCommand, startCore } from './core.ts'
import { ensureDebianPackages } from './debian.ts'
import { diagnosisOf } from './diagnosis.ts'
import { kubernetesServiceIp, nodeApiServerFlags, schedulerFlags } from './flags.ts'
import { startMachine } from './machine.ts'
import { addNetns, inNetns, nodeIp, removeNetns } from './netns.ts'
import { nodeName, writeNodeFiles } from './node-files.ts'
import { makeNodeImages } from './node-images.ts'
import { must, type Outcome, type RunOptions } from './run.ts'
import { type Program, serversIn } from './servers.ts'
import { versions } from './versions.ts'

export interface Node extends ControlPlane {
  /** the name of the network namespace; the cluster can be reached only by `nsenter --net=/var/run/netns/NAME` */
  netns: string
  /** the address of the node, for the API server and for servers that `start` starts */
  ip: string
  /** the address of the API server as a Service */
  serviceIp: string
  /** the directory in which containerd looks up registries: `<certsDir>/<host>/hosts.toml` */
  certsDir: string
  /** runs a command of this machine in the network of the node */
  exec(file: string, args: string[], options?: RunOptions): Promise<Outcome>
  /** starts a server of this machine in the network of the node; it ends with the node */
  start(program: Program): void
  /** resolves when that server is ready; throws with the last lines of its log if it exits before, or after a minute */
  until(name: string, isReady: () => Promise<boolean>): Promise<void>
  /** imports an image from an archive, for pods with `imagePullPolicy: IfNotPresent` or `Never` */
  importImage(tar: string): Promise<void>
  /** the information for a failure: nodes, pods, events and the end of each log */
  diagnosis(): Promise<string>
}

/** The group in which the API server runs. A firewall can tell its connections by it from those of kubelet, which have the same address. */
export const apiServerGroup = 64430

// Address and port are fixed, because this network has no other servers.
const ports = { api: 6443, etcdClient: 2379, etcdPeer: 2380 }

/**
 * Starts a complete single-node cluster in its own network namespace, with pods, Services and image pulls. Resolves when the
 * node is ready (6 to 10 s). It ends with this process, however it ends. It needs root and Debian, and has no DNS.
 */
export async function startNode(): Promise<Node> {
  await ensureDebianPackages()
  await ensureBinaries('controlplane', versions.kubernetes)
  const bin = await ensureBinaries('node')
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'ecr-anywhere-node-')))
  const netns = `ecr-anywhere-${randomBytes(4).toString('hex')}`
  const servers = serversIn(dir, `${removeNetns(netns)} && ${removeCgroup(netns)}`)
  const enter = (command: Command) => inNetns(netns, command)
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= servers.stop()
    return stopping
  }
  try {
    const [images, files] = await Promise.all([
      makeNodeImages(join(dir, 'images')),
      writeNodeFiles(dir, { cgroup: netns }),
      addNetns(netns),
      addCgroup(netns),
    ])
    const core = await startCore({
      bin,
      dir,
      servers,
      address: nodeIp,
      ports,
      flags: nodeApiServerFlags,
      enter: command => enter(basename(command[0]) === 'kube-apiserver' ? inGroup(apiServerGroup, command) : command),
      answers: async (path, { kubectl }) => (await kubectl('get', '--raw', path)).code === 0,
    })
    const { kubeconfig, kubectl } = core
    const start = ({ name, file, args }: Program) => {
      const [entered, ...rest] = enter([file, ...args])
      servers.start({ name, file: entered, args: rest })
    }
    start({ name: 'kube-scheduler', file: join(bin, 'kube-scheduler'), args: schedulerFlags(kubeconfig) })
    await startMachine({ bin, dir, kubeconfig, files, servers, enter })
    const ctr = ['--address', files.socket, '--namespace', 'k8s.io']
    const importImage = async (tar: string) => void (await must(join(bin, 'ctr'), [...ctr, 'images', 'import', tar]))
    for (const image of images) await importImage(image)
    await servers.until('kubelet', async () => (await kubectl('get', 'node', nodeName)).stdout.includes(' Ready '))
    return {
      ...core,
      netns,
      ip: nodeIp,
      serviceIp: kubernetesServiceIp,
      certsDir: files.certsDir,
      exec: (file, args, options = {}) => runCommand(enter([file, ...args]), options),
      start,
      until: servers.until,
      importImage,
      diagnosis: () => diagnosisOf({ dir, kubectl }),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Changes a command so that it runs in this group only. */
function inGroup(id: number, command: Command): Command {
  return ['setpriv', `--regid=${id}`, '--clear-groups', '--', ...command]
}
