import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import { secretsPath } from '../testbed/api-user.ts'
import { tokenCalls } from '../testbed/aws-calls.ts'
import { onlyLabel } from '../testbed/plain-install.ts'
import { type ProvisionProcess, startProvision } from '../testbed/provision-process.ts'
import { within } from '../testbed/within.ts'
import type { Bed } from './bed.ts'
import type { Figure } from './figures.ts'
import { peakMemory } from './processes.ts'
import { plain } from './refreshes.ts'
import { clientOf, perSecond } from './writes.ts'

export interface ProvisioningOptions {
  /** The number of namespaces in the cluster. */
  namespaces: number
  concurrency: number
  onStep: (what: string) => void
}

const atOnce = 200
const idleSeconds = 10
const secret = 'bench-pull'
/** Ten thousand creates take half a minute, and several on a busy machine. */
const limitSeconds = 600
const env = { LOG_LEVEL: 'info' }

/** Measures the provisioner: 200 namespaces that are labelled at once, and a cluster with many namespaces. */
export async function provisioning(
  { cluster, bed, program }: Bed,
  { namespaces, concurrency, onStep }: ProvisioningOptions,
): Promise<Figure[]> {
  const client = await clientOf(cluster.kubeconfig, concurrency)
  // Node takes half of the memory of a container for its heap, here of the chart's limit of 256 MiB.
  const start = () => startProvision(cluster.kubeconfig, { secret, program: ['--max-old-space-size=128', ...program], env })
  const create = (prefix: string, count: number) =>
    perSecond(count, concurrency, async at => {
      const metadata = { name: `${prefix}-${at}`, labels: { ...onlyLabel('bench'), [labels.namespace]: enabledValue } }
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata })
      const { status } = await client.request({ method: 'POST', path: '/api/v1/namespaces', body })
      if (status !== 201) throw new Error(`the API server answered ${status}`)
    })
  const exists = async (namespace: string) => (await client.request({ method: 'GET', path: secretsPath(namespace, secret) })).status === 200

  onStep(`labelling ${atOnce} namespaces at once`)
  const first = await start()
  const callsBefore = tokenCalls(bed.emulator)
  const beganMs = performance.now()
  await create('bench-at-once', atOnce)
  for (let at = 0; at < atOnce; at += 1) await within(limitSeconds, 'a Secret exists', () => exists(`bench-at-once-${at}`))
  const secondsAtOnce = (performance.now() - beganMs) / 1000
  const calls = tokenCalls(bed.emulator) - callsBefore
  await ended(first)

  onStep(`making ${namespaces} namespaces`)
  await create('bench-many', namespaces - atOnce)
  onStep('their Secrets are created')
  await ended(await settled(await start()))
  onStep('start with all Secrets')
  const startedMs = performance.now()
  const provision = await start()
  const secondsToSync = (performance.now() - startedMs) / 1000
  await settled(provision)
  const secondsToSettle = (performance.now() - startedMs) / 1000
  const before = await cpuSeconds(provision.pid)
  await sleep(idleSeconds * 1000)
  const idle = ((await cpuSeconds(provision.pid)) - before) / idleSeconds
  const peakMb = await peakMemory(provision.pid)
  await ended(provision)
  client.close()

  const many = namespaces.toLocaleString('en')
  const seconds = (what: string, ours: number, wanted?: Figure['wanted']) => plain({ what, unit: 's', ours, ...(wanted && { wanted }) })
  return [
    seconds(`${atOnce} namespaces labelled at once, until all their Secrets exist`, secondsAtOnce, { atMost: 20 }),
    plain({ what: 'AWS calls for these, after the one at the start of the webhook', unit: 'calls', ours: calls, wanted: { atMost: 1 } }),
    seconds(`start of a provisioner with ${many} namespaces, until it knows them all`, secondsToSync, { atMost: 20 }),
    seconds('… until it has tried them all, 8 at a time, behind new namespaces', secondsToSettle),
    plain({ what: '… its peak memory', unit: 'MB', ours: peakMb, wanted: { atMost: 120 } }),
    plain({ what: '… share of one core when idle', unit: '%', ours: idle * 100, wanted: { atMost: 1 } }),
  ]
}

/** Waits until no namespace is pending. */
async function settled(provision: ProvisionProcess): Promise<ProvisionProcess> {
  const sample = 'ecr_anywhere_provision_namespaces{state="pending"}'
  await within(limitSeconds, 'every namespace is tried', async () => (await provision.metric(sample)) === 0)
  return provision
}

async function ended(provision: ProvisionProcess): Promise<void> {
  provision.kill('SIGTERM')
  const code = await provision.ended
  if (code !== 0) throw new Error(`the provisioner ended with ${code}:\n${provision.stderr()}`)
}

/** The CPU time of a process so far (Linux only: /proc). The kernel counts in hundredths of a second. */
async function cpuSeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
