import { mkdtemp, realpath, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask } from './ask.ts'
import { ensureBinaries } from './build.ts'
import { type Core, startCore } from './core.ts'
import { auditFlags, auditPolicy } from './flags.ts'
import { freePorts } from './ports.ts'
import { serversIn } from './servers.ts'

export interface ControlPlaneOptions {
  /** whether the metadata of each request is written to `<dir>/audit.log` before its answer */
  audit?: boolean
  /** additional flags of the API server */
  flags?: string[]
}

export interface ControlPlane extends Core {
  /** ends all servers and removes `dir`; a second call does nothing */
  stop(): Promise<void>
}

/**
 * Starts etcd, kube-apiserver and kube-controller-manager on free loopback ports, and resolves when they are ready (a few seconds, or
 * minutes if they must be built first). They end with this process, however it ends.
 *
 * @throws with the last log lines of a server that does not start
 */
export async function startControlPlane({ audit = false, flags = [] }: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const bin = await ensureBinaries('controlplane')
  // realpath, because /var is a link on macOS, and tests compare the path with paths in logs.
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'ecr-anywhere-cluster-')))
  const servers = serversIn(dir)
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= servers.stop()
    return stopping
  }
  try {
    const [api = 0, etcdClient = 0, etcdPeer = 0] = await freePorts(3)
    const core = await startCore({
      bin,
      dir,
      servers,
      address: '127.0.0.1',
      ports: { api, etcdClient, etcdPeer },
      flags: [...(audit ? await prepareAudit(dir) : []), ...flags],
      enter: command => command,
      answers: async (path, { url, pki }) => (await ask(url, pki, path)) === 200,
    })
    return { ...core, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function prepareAudit(dir: string): Promise<string[]> {
  const policyFile = join(dir, 'audit-policy.json')
  await writeFile(policyFile, auditPolicy)
  return auditFlags({ policyFile, logFile: join(dir, 'audit.log') })
}
