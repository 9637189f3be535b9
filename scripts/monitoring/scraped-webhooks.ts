import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { statusReport } from '@ecr-anywhere/cronjob/refresh/status-report.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import { startEmulator } from '../aws/emulator.ts'
import { review } from '../bench/review.ts'
import { mintPki } from '../cluster/pki.ts'
import { emulatorEnv } from '../testbed/emulator-env.ts'
import { call } from '../testbed/https-call.ts'
import { user } from '../testbed/testbed.ts'
import { startWebhook } from '../testbed/webhook-process.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'

export interface Scraped {
  prometheus: Prometheus
  /** Sends reviews to the webhook: some are injected, one is denied, and one fails because AWS fails in its region. */
  traffic: () => Promise<void>
  stop: () => Promise<void>
}

/**
 * Two webhooks, one of which has tickets, with an emulated AWS that refuses one region, and the report of a refresh that failed; and a
 * Prometheus that scrapes them as two pods of a cluster.
 *
 * @param dir an empty folder
 */
export async function startScraped(dir: string): Promise<Scraped> {
  await using started = new AsyncDisposableStack()
  const emulator = await startEmulator({ users: [user] })
  started.defer(() => emulator.stop())
  emulator.fault({ fault: 'access-denied', api: 'ecr', region: deniedRegion })
  await mintPki(join(dir, 'pki'), ['127.0.0.1'])
  const statusDir = await writtenStatus(dir)
  const tickets = join(dir, 'tickets')
  await mkdir(tickets)
  await writeFile(join(tickets, 'default'), randomBytes(32))
  const env = {
    ...emulatorEnv(emulator, user),
    CERT_FILE: join(dir, 'pki/apiserver.crt'),
    KEY_FILE: join(dir, 'pki/apiserver.key'),
    STATUS_DIR: statusDir,
  }
  const webhooks = [await startWebhook({ env }), await startWebhook({ env: { ...env, ATTESTATION_DIR: tickets } })]
  for (const webhook of webhooks) started.defer(async () => void (await webhook.stop('SIGKILL')))
  const prometheus = await startPrometheus({
    dir: join(dir, 'prometheus'),
    targets: webhooks.map(({ operationsUrl }) => ({ address: new URL(operationsUrl).host, labels: { namespace: 'ecr-anywhere' } })),
    rulesFile: resolve(import.meta.dirname, '../../deploy/monitoring/rules.yaml'),
  })
  started.defer(() => prometheus.stop())
  const port = Number(new URL(webhooks[0]?.url ?? '').port)
  const bodies = [{}, {}, { [annotations.registries]: 'example.com' }, { [annotations.registries]: deniedHost }]
  const running = started.move()
  return {
    prometheus,
    traffic: async () => {
      for (const notes of bodies) {
        const body = JSON.stringify(review('team-a', notes))
        await call(port, { path: '/inject/default?timeout=10s', rejectUnauthorized: false }, body)
      }
    },
    stop: () => running.disposeAsync(),
  }
}

const deniedRegion = 'eu-west-1'
const deniedHost = `123456789012.dkr.ecr.${deniedRegion}.amazonaws.com`
const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** The ConfigMap, as kubelet would mount it, of a refresh that has just failed for two of twelve Secrets. */
async function writtenStatus(dir: string): Promise<string> {
  const nowMs = Date.now()
  const left = (name: string, hours: number) => ({
    namespace: `team-${name.charAt(0)}`,
    name,
    uid: '',
    expiresAt: formatTime(nowMs + hours * hourMs),
    updatedAt: formatTime(nowMs + (hours - 12) * hourMs),
  })
  const leave = Array.from({ length: 9 }, (_, at) => left(`${'abc'.charAt(at % 3)}-pull-${at}`, 7 + at / 2))
  const touch = [left('a-late', 3.5), left('b-expired', -0.2)]
  const lost = { ...left('c-lost', 5), expiresAt: undefined }
  const run = {
    plan: { touch, leave, checked: 11, due: 2 },
    touched: touch.map(secret => ({ secret, result: 'failed' as const, cause: 'AccessDeniedException from ecr:GetAuthorizationToken' })),
    outside: [lost],
    unlisted: [],
    missing: [],
    repaired: [],
    beingDeleted: 0,
    undone: 0,
    stoppedBy: undefined,
  }
  const before = { ...run, touched: [], plan: { ...run.plan, touch: [] } }
  const refreshBeforeMs = 6 * hourMs
  const times = (agoMs: number) => ({ startedAtMs: nowMs - agoMs - minuteMs / 2, finishedAtMs: nowMs - agoMs, refreshBeforeMs })
  const previous = statusReport(before, { ...times(17 * minuteMs), previous: undefined })
  const report = statusReport(run, { ...times(2 * minuteMs), previous })
  const statusDir = join(dir, 'status')
  await mkdir(statusDir)
  await writeFile(join(statusDir, 'report.json'), JSON.stringify(report))
  await writeFile(join(statusDir, 'start.json'), JSON.stringify({ version: 1, startedAt: report.startedAt }))
  return statusDir
}
