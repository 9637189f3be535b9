import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@ecr-anywhere/scripts/aws/emulator.ts'
import { review } from '@ecr-anywhere/scripts/bench/review.ts'
import { bundle, commandName } from '@ecr-anywhere/scripts/bundle/bundle.ts'
import { nodeFlags } from '@ecr-anywhere/scripts/bundle/node-flags.ts'
import { mintPki } from '@ecr-anywhere/scripts/cluster/pki.ts'
import { emulatorEnv } from '@ecr-anywhere/scripts/testbed/emulator-env.ts'
import { user } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { startWebhook, type WebhookProcess } from '@ecr-anywhere/scripts/testbed/webhook-process.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import type { Test } from 'tap'
import { goodTraffic } from './good-traffic.ts'

/** The memory limit of the chart, and the heap size that Node chooses in a container with that limit. */
const limitMiB = 512
const heapFlags = [...nodeFlags, '--max-old-space-size=256']
/** The webhook timeout of the API server. */
const patienceMs = 10_000

export interface LimitedWebhook {
  emulator: Emulator
  webhook: WebhookProcess
  /** The annotation with the right ticket, as the policy of the API server writes it, and one with a wrong ticket. */
  attested: Record<string, string>
  wrong: Record<string, string>
  port: number
  operationsPort: number
  /** Runs an attack during normal traffic, which must be answered in time. The process must survive and stay below its memory limit. */
  underAttack: (t: Test, attack: () => Promise<void>) => Promise<void>
}

/** Starts the bundled webhook as a separate process with the heap size of the chart's container. */
export async function limitedWebhook(
  t: Test,
  { tickets, env = {} }: { tickets: boolean; env?: Record<string, string> },
): Promise<LimitedWebhook> {
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-limited-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  await bundle(join(dir, 'dist'))
  await mintPki(join(dir, 'pki'), ['127.0.0.1'])
  const ticket = randomBytes(32)
  await mkdir(join(dir, 'tickets'))
  await writeFile(join(dir, 'tickets/default'), ticket)
  const emulator = await startEmulator({ users: [user] })
  t.teardown(() => emulator.stop())
  const webhook = await startWebhook({
    program: [...heapFlags, join(dir, 'dist', commandName)],
    env: {
      CERT_FILE: join(dir, 'pki/apiserver.crt'),
      KEY_FILE: join(dir, 'pki/apiserver.key'),
      ...emulatorEnv(emulator, user),
      LOG_LEVEL: 'fatal',
      ...(tickets ? { ATTESTATION_DIR: join(dir, 'tickets') } : {}),
      ...env,
    },
  })
  t.teardown(() => webhook.stop('SIGKILL'))
  const { url, operationsUrl } = webhook
  const attested = { [annotations.attestation]: ticket.toString('base64') }

  async function underAttack(t: Test, attack: () => Promise<void>): Promise<void> {
    const end = await goodTraffic({ url, operationsUrl, body: JSON.stringify(review('memory', attested)) })
    await attack()
    const { answered, problems, slowestMs } = await end()
    t.same(problems, [], `all ${answered} normal requests were answered`)
    t.ok(slowestMs < patienceMs, `the slowest answer took ${Math.round(slowestMs)} ms`)
    const peak = await peakMiB(webhook)
    t.ok(peak < limitMiB, `the peak memory was ${peak} MiB`)
  }

  return {
    emulator,
    webhook,
    attested,
    wrong: { [annotations.attestation]: randomBytes(32).toString('base64') },
    port: Number(new URL(url).port),
    operationsPort: Number(new URL(operationsUrl).port),
    underAttack,
  }
}

/** The peak resident memory of the process according to the kernel. */
async function peakMiB({ pid, logs }: WebhookProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  if (kilobytes === undefined)
    throw new Error(`the webhook has exited:
  ${logs()}`)
  return Math.round(Number(kilobytes) / 1024)
}
