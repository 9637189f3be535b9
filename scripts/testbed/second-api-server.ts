import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ControlPlane } from '../cluster/control-plane.ts'
import { freePorts } from '../cluster/ports.ts'
import { apiUser } from './api-user.ts'
import type { Owner } from './attested.ts'
import { until } from './until.ts'

/**
 * Starts a second API server on the same etcd, with the flags of the first and further ones. It ends with its owner. Linux only, because it
 * reads the flags from /proc.
 *
 * @returns a kubeconfig for it
 */
export async function startSecondApiServer(t: Owner, cluster: ControlPlane, flags: string[] = []): Promise<string> {
  const { port } = new URL(cluster.url)
  const [own = 0] = await freePorts(1)
  const [file = '', ...args] = await commandOf(`--secure-port=${port}`)
  const ownArgs = args.map(arg => (arg === `--secure-port=${port}` ? `--secure-port=${own}` : arg))
  const child = spawn(file, [...ownArgs, ...flags], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const kubeconfig = join(cluster.dir, 'second.kubeconfig')
  await writeFile(kubeconfig, (await readFile(cluster.kubeconfig, 'utf8')).replaceAll(`:${port}`, `:${own}`), { mode: 0o600 })
  const client = await apiUser(kubeconfig)
  t.teardown(client.close)
  const isReady = () =>
    client.request({ method: 'GET', path: '/readyz' }).then(
      ({ status }) => status === 200,
      () => false,
    )
  await until('the second API server is ready', isReady)
  return kubeconfig
}

/** @returns the command line of the process that has this argument */
async function commandOf(argument: string): Promise<string[]> {
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    const words = line.split('\0').slice(0, -1)
    if (words.includes(argument)) return words
  }
  throw new Error(`no process has the argument ${argument}`)
}
