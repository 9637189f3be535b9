import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exists } from './exists.ts'
import { apiServerFlags, controllerManagerFlags, etcdFlags, kubernetesServiceIp } from './flags.ts'
import { kubeconfig } from './kubeconfig.ts'
import { mintClient, mintPki, type Pki } from './pki.ts'
import { type Outcome, type RunOptions, run } from './run.ts'
import type { Servers } from './servers.ts'

/** The common part of a control plane and of a whole node. */
export interface Core {
  /** the path of the kubeconfig of the admin */
  kubeconfig: string
  /** the directory of data, keys and logs (`kube-apiserver.log`, …), which is removed when the cluster stops */
  dir: string
  url: string
  /** runs kubectl; any exit code is an outcome, and an object after the arguments contains its stdin */
  kubectl(...args: KubectlArgs): Promise<Outcome>
  /** kills the API server (SIGKILL) and starts it again with the same port and etcd; resolves when it is ready */
  restartApiServer(): Promise<void>
  /** @returns the path of a kubeconfig with a client certificate, whose user has no rights until a test grants some */
  userKubeconfig(user: { name: string; groups?: string[] }): Promise<string>
}

export type KubectlArgs = string[] | [...string[], { input: string }]

/** A command and its arguments. */
export type Command = [file: string, ...args: string[]]

export interface CoreOptions {
  bin: string
  dir: string
  servers: Servers
  /** the address at which the API server listens and that it advertises */
  address: string
  ports: { api: number; etcdClient: number; etcdPeer: number }
  /** additional flags of the API server */
  flags: string[]
  /** changes a command so that it runs where the servers run */
  enter: (command: Command) => Command
  /** whether `GET path` of the admin is answered with 200 */
  answers: (path: string, core: { url: string; pki: Pki; kubectl: Core['kubectl'] }) => Promise<boolean>
}

/** Starts etcd, kube-apiserver and kube-controller-manager, and resolves when they are ready. */
export async function startCore({ bin, dir, servers, address, ports, flags, enter, answers }: CoreOptions): Promise<Core> {
  const pki = await mintPki(join(dir, 'pki'), ['127.0.0.1', kubernetesServiceIp, address])
  const url = `https://${address}:${ports.api}`
  const adminFile = join(dir, 'kubeconfig')
  await writeFile(adminFile, kubeconfig({ url, ca: pki.ca, user: pki.admin }), { mode: 0o600 })
  const kubectl: Core['kubectl'] = (...args) => {
    const given: (string | { input: string })[] = args
    const words = given.filter(arg => typeof arg === 'string')
    const input = given.find(arg => typeof arg !== 'string')?.input ?? ''
    // The cache is also in dir. In ~/.kube it would outlive the cluster, and another cluster may use the same port later.
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
    // The last of several equal flags is used, but of several issuers the first one signs.
    const isIssuer = (flag: string) => flag.startsWith('--service-account-issuer=')
    start('kube-apiserver', [...flags.filter(isIssuer), ...own, ...flags.filter(flag => !isIssuer(flag))])
    await servers.until('kube-apiserver', () => isAnswered('/readyz'))
  }
  await startApiServer()
  if (await exists(join(bin, 'kube-controller-manager'))) {
    start('kube-controller-manager', controllerManagerFlags({ kubeconfig: adminFile, pkiDir: pki.dir }))
    await servers.until('kube-controller-manager', () => isAnswered('/api/v1/namespaces/default/serviceaccounts/default'))
  } else {
    console.error(
      `${bin} has no kube-controller-manager, so namespaces get no default service account, and dependents of deleted objects stay.`,
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
