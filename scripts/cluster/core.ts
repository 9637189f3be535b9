import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exists } from './exists.ts'
import { apiServerFlags, controllerManagerFlags, etcdFlags, kubernetesServiceIp } from './flags.ts'
import { kubeconfig } from './kubeconfig.ts'
import { mintClient, mintPki, type Pki } from './pki.ts'
import { type Outcome, type RunOptions, run } from './run.ts'
import type { Servers } from './servers.ts'

/** What a control plane alone and a whole node have in common. */
export interface Core {
  /** path of the admin's kubeconfig */
  kubeconfig: string
  /** holds data, keys and logs (`kube-apiserver.log`, …); removed when it stops */
  dir: string
  url: string
  /** any exit code is an outcome; an object after the arguments says what kubectl reads on stdin */
  kubectl(...args: KubectlArgs): Promise<Outcome>
  /** SIGKILL, then the same server again at the same port on the same etcd; resolves when it is ready */
  restartApiServer(): Promise<void>
  /** path of a kubeconfig with a client certificate; RBAC grants this user nothing until a test does */
  userKubeconfig(user: { name: string; groups?: string[] }): Promise<string>
}

export type KubectlArgs = string[] | [...string[], { input: string }]

/** A command and its arguments. */
export type Command = [file: string, ...args: string[]]

export interface CoreOptions {
  bin: string
  dir: string
  servers: Servers
  /** where the API server listens, and what it tells others */
  address: string
  ports: { api: number; etcdClient: number; etcdPeer: number }
  /** of the API server, behind those it has anyway */
  flags: string[]
  /** how a command gets to where the servers run */
  enter: (command: Command) => Command
  /** is `GET path` answered with 200 to the admin? */
  answers: (path: string, core: { url: string; pki: Pki; kubectl: Core['kubectl'] }) => Promise<boolean>
}

/** Starts etcd, kube-apiserver and kube-controller-manager, and resolves when they serve. */
export async function startCore({ bin, dir, servers, address, ports, flags, enter, answers }: CoreOptions): Promise<Core> {
  const pki = await mintPki(join(dir, 'pki'), ['127.0.0.1', kubernetesServiceIp, address])
  const url = `https://${address}:${ports.api}`
  const adminFile = join(dir, 'kubeconfig')
  await writeFile(adminFile, kubeconfig({ url, ca: pki.ca, user: pki.admin }), { mode: 0o600 })
  const kubectl: Core['kubectl'] = (...args) => {
    const given: (string | { input: string })[] = args
    const words = given.filter(arg => typeof arg === 'string')
    const input = given.find(arg => typeof arg !== 'string')?.input ?? ''
    // The cache too stays in dir: else it outlives the cluster in ~/.kube, and ports come again with other clusters behind them.
    const env = { ...process.env, KUBECONFIG: adminFile, KUBECACHEDIR: join(dir, 'kubectl-cache') }
    return runCommand(enter([join(bin, 'kubectl'), ...words]), { env, input })
  }
  const isAnswered = (path: string) => answers(path, { url, pki, kubectl })
  const start = (name: string, args: string[]) => {
    const [file, ...rest] = enter([join(bin, name), ...args])
    servers.start({ name, file, args: rest })
  }

  start('etcd', etcdFlags({ dir, clientPort: ports.etcdClient, peerPort: ports.etcdPeer }))
  const startApiServer = async () => {
    const own = apiServerFlags({ dir, pkiDir: pki.dir, etcdPort: ports.etcdClient, port: ports.api, address })
    start('kube-apiserver', [...own, ...flags])
    await servers.until('kube-apiserver', () => isAnswered('/readyz'))
  }
  await startApiServer()
  if (await exists(join(bin, 'kube-controller-manager'))) {
    start('kube-controller-manager', controllerManagerFlags({ kubeconfig: adminFile, pkiDir: pki.dir }))
    await servers.until('kube-controller-manager', () => isAnswered('/api/v1/namespaces/default/serviceaccounts/default'))
  } else {
    console.error(
      `${bin} has no kube-controller-manager: namespaces get no default service account, and nothing deleted is cleaned up after.`,
    )
  }

  let users = 0
  return {
    kubeconfig: adminFile,
    dir,
    url,
    kubectl,
    restartApiServer: async () => {
      await servers.kill('kube-apiserver')
      await startApiServer()
    },
    userKubeconfig: async user => {
      const path = join(dir, `user-${++users}.kubeconfig`)
      await writeFile(path, kubeconfig({ url, ca: pki.ca, user: await mintClient(pki.ca, user) }), { mode: 0o600 })
      return path
    },
  }
}

export function runCommand([file, ...args]: Command, options: RunOptions): Promise<Outcome> {
  return run(file, args, options)
}
