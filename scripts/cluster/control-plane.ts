import { mkdtemp, realpath, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask } from './ask.ts'
import { ensureBinaries, exists } from './build.ts'
import { apiServerFlags, auditFlags, auditPolicy, controllerManagerFlags, etcdFlags, kubernetesServiceIp } from './flags.ts'
import { kubeconfig } from './kubeconfig.ts'
import { mintClient, mintPki, type Pki } from './pki.ts'
import { freePorts } from './ports.ts'
import { type Outcome, run } from './run.ts'
import { type Servers, serversIn } from './servers.ts'

export interface ControlPlaneOptions {
  /** write each request's metadata to `<dir>/audit.log`, before it is answered */
  audit?: boolean
}

export interface ControlPlane {
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
  /** ends all of it and removes `dir`; a second call does nothing */
  stop(): Promise<void>
}

export type KubectlArgs = string[] | [...string[], { input: string }]

/**
 * Starts etcd, kube-apiserver and kube-controller-manager on free loopback ports, and resolves when they serve (a few seconds; minutes
 * where they must be built first). They end with this process, however it ends. Throws with a log's last lines where one does not start.
 */
export async function startControlPlane({ audit = false }: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const bin = await ensureBinaries('controlplane')
  // realpath: macOS's /var is a link, and a path that a log prints should be the one that is compared.
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'ecr-anywhere-cluster-')))
  const servers = serversIn(dir)
  try {
    return await start({ bin, dir, servers, audit })
  } catch (error) {
    await servers.stop()
    throw error
  }
}

interface Start {
  bin: string
  dir: string
  servers: Servers
  audit: boolean
}

async function start({ bin, dir, servers, audit }: Start): Promise<ControlPlane> {
  const pki = await mintPki(join(dir, 'pki'), ['127.0.0.1', kubernetesServiceIp])
  const [port = 0, clientPort = 0, peerPort = 0] = await freePorts(3)
  const url = `https://127.0.0.1:${port}`
  const adminFile = join(dir, 'kubeconfig')
  await writeFile(adminFile, kubeconfig({ url, ca: pki.ca, user: pki.admin }), { mode: 0o600 })

  servers.start({ name: 'etcd', file: join(bin, 'etcd'), args: etcdFlags({ dir, clientPort, peerPort }) })
  const flags = apiServerFlags({ dir, pkiDir: pki.dir, etcdPort: clientPort, port, address: '127.0.0.1' })
  if (audit) flags.push(...(await prepareAudit(dir)))
  const startApiServer = async () => {
    servers.start({ name: 'kube-apiserver', file: join(bin, 'kube-apiserver'), args: flags })
    await servers.until('kube-apiserver', async () => (await ask(url, pki, '/readyz')) === 200)
  }
  await startApiServer()
  await startControllerManager({ bin, servers, kubeconfig: adminFile, url, pki })

  let users = 0
  let stopping: Promise<void> | undefined
  return {
    kubeconfig: adminFile,
    dir,
    url,
    kubectl: async (...args) => await kubectl(join(bin, 'kubectl'), dir, args),
    restartApiServer: async () => {
      await servers.kill('kube-apiserver')
      await startApiServer()
    },
    userKubeconfig: async user => {
      const path = join(dir, `user-${++users}.kubeconfig`)
      await writeFile(path, kubeconfig({ url, ca: pki.ca, user: await mintClient(pki.ca, user) }), { mode: 0o600 })
      return path
    },
    stop: () => {
      stopping ??= servers.stop()
      return stopping
    },
  }
}

async function prepareAudit(dir: string): Promise<string[]> {
  const policyFile = join(dir, 'audit-policy.json')
  await writeFile(policyFile, auditPolicy)
  return auditFlags({ policyFile, logFile: join(dir, 'audit.log') })
}

interface Managed {
  bin: string
  servers: Servers
  kubeconfig: string
  url: string
  pki: Pki
}

async function startControllerManager({ bin, servers, kubeconfig, url, pki }: Managed): Promise<void> {
  const file = join(bin, 'kube-controller-manager')
  if (!(await exists(file))) {
    console.error(
      `${bin} has no kube-controller-manager: namespaces get no default service account, and nothing deleted is cleaned up after.`,
    )
    return
  }
  servers.start({ name: 'kube-controller-manager', file, args: controllerManagerFlags({ kubeconfig, pkiDir: pki.dir }) })
  const account = '/api/v1/namespaces/default/serviceaccounts/default'
  await servers.until('kube-controller-manager', async () => (await ask(url, pki, account)) === 200)
}

async function kubectl(file: string, dir: string, args: KubectlArgs): Promise<Outcome> {
  const given: (string | { input: string })[] = args
  const words = given.filter(arg => typeof arg === 'string')
  const input = given.find(arg => typeof arg !== 'string')?.input ?? ''
  // The cache too stays in dir: else it outlives the cluster in ~/.kube, and ports come again with other clusters behind them.
  const env = { ...process.env, KUBECONFIG: join(dir, 'kubeconfig'), KUBECACHEDIR: join(dir, 'kubectl-cache') }
  return await run(file, words, { env, input })
}
