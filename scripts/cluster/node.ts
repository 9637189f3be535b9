import { randomBytes } from 'node:crypto'
import { mkdtemp, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  /** the network namespace's name: `nsenter --net=/var/run/netns/NAME` reaches the cluster, from outside nothing does */
  netns: string
  /** the node's address, where the API server is, and whatever `start` starts there */
  ip: string
  /** the API server's address as a Service */
  serviceIp: string
  /** where containerd looks for a registry: `<certsDir>/<host>/hosts.toml` */
  certsDir: string
  /** runs a command of this machine in the node's network */
  exec(file: string, args: string[], options?: RunOptions): Promise<Outcome>
  /** starts a server of this machine in the node's network; it ends with the node */
  start(program: Program): void
  /** resolves when that server is ready; throws with its log's last lines when it ends first, or after a minute */
  until(name: string, isReady: () => Promise<boolean>): Promise<void>
  /** makes an image of an archive known to the node: pods with `imagePullPolicy: IfNotPresent` or `Never` find it by its name */
  importImage(tar: string): Promise<void>
  /** what a person would look at when something fails: nodes, pods, events, the end of each log */
  diagnosis(): Promise<string>
}

// Of these both are fixed: nobody else is in this network.
const ports = { api: 6443, etcdClient: 2379, etcdPeer: 2380 }

/**
 * Starts a whole single-node cluster in a network namespace of its own: pods run, Services answer, images are pulled. Resolves when the
 * node is ready (6 to 10 s). It ends with this process, however it ends. Needs root and Debian. There is no DNS in it.
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
      enter,
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
