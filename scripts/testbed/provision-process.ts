import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts } from '../cluster/ports.ts'
import type { Cluster } from './cluster.ts'
import { defaultProgram, type Program } from './command.ts'
import { releaseNamespace } from './helm.ts'
import { type StartedCommand, startCommand } from './started-command.ts'
import { must } from './testbed.ts'
import { until } from './until.ts'

/** The user names of the accounts that may create pull Secrets, as the chart writes them into PROVISIONERS. */
export const provisionUser = `system:serviceaccount:${releaseNamespace}:ecr-anywhere-provision`
export const refreshUser = `system:serviceaccount:${releaseNamespace}:ecr-anywhere-refresh`

export interface ProvisionProcess extends StartedCommand {
  operationsUrl: string
  metric: (sample: string) => Promise<number>
}

/** Writes a kubeconfig with a token of an account of the release. */
export async function accountKubeconfig({ kubectl, kubeconfig }: Cluster, account: string, dir: string): Promise<string> {
  const token = (await must(kubectl('create', 'token', '-n', releaseNamespace, account))).trim()
  const config = { ...JSON.parse(await readFile(kubeconfig, 'utf8')), users: [{ name: 'user', user: { token } }] }
  const file = join(dir, `${account}.kubeconfig`)
  await writeFile(file, JSON.stringify(config), { mode: 0o600 })
  return file
}

/** Starts `ecr-anywhere provision` with the rights of the chart, and waits until it has listed all namespaces. */
export async function startProvision(
  kubeconfig: string,
  { secret, program = defaultProgram, env = {} }: { secret?: string; program?: Program; env?: Record<string, string> } = {},
): Promise<ProvisionProcess> {
  const [port = 0] = await freePorts(1)
  const named = secret === undefined ? {} : { PULL_SECRET: secret }
  const started = startCommand(
    ['provision'],
    { KUBECONFIG: kubeconfig, LOG_LEVEL: 'trace', ...named, ...env, METRICS_PORT: String(port) },
    program,
  )
  const operationsUrl = `http://127.0.0.1:${port}`
  const isReady = () =>
    fetch(`${operationsUrl}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until('the provisioner is ready', isReady).catch(error => {
    started.kill('SIGKILL')
    throw new Error(`${error.message}:\n${started.stdout()}${started.stderr()}`)
  })
  return {
    ...started,
    operationsUrl,
    metric: async sample => {
      const text = await (await fetch(`${operationsUrl}/metrics`)).text()
      const line = text.split('\n').find(line => line.startsWith(`${sample} `))
      return Number(line?.slice(sample.length + 1))
    },
  }
}
