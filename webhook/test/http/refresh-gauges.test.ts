import { reportLimits } from '@ecr-anywhere/shared/refresh-report.ts'
import t from 'tap'
import type { RefreshStatus } from '../../src/refresh-status.ts'
import { madeMetrics, ready, samples } from './made-metrics.ts'

const at = '2026-01-01T12:00:00Z'
const atSeconds = 1_767_268_800
const secret = { namespace: 'a', name: 'pull', expiresAt: at }
const ok: RefreshStatus = {
  state: 'ok',
  start: { version: 1, startedAt: '2026-01-01T12:15:00Z' },
  report: {
    version: 1,
    startedAt: at,
    finishedAt: at,
    failed: true,
    cause: 'a cause',
    lastSuccessAt: '2026-01-01T11:45:00Z',
    counted: {
      at,
      states: { NeverInjected: 1, Expired: 2, Due: 3, Fresh: 4 },
      notEnabled: 5,
      failed: 6,
      namespaces: [],
      expiring: [
        { ...secret, lifetimeSeconds: 43_200 },
        { ...secret, name: 'other' },
      ],
      failures: [{ namespace: 'a', name: 'pull', cause: 'a cause', since: at }],
      unlisted: [],
      truncated: { namespaces: false, expiring: false, failures: false, unlisted: false },
    },
  },
}

/** What is shown of some status. */
async function shown(status: RefreshStatus | undefined): Promise<string[]> {
  const made = madeMetrics({ refresh: status && (() => status) })
  return [
    ...(await samples('ecr_anywhere_refresh_', made)),
    ...(await samples('ecr_anywhere_managed_', made)),
    ...(await samples('ecr_anywhere_secret_', made)),
  ]
}

t.test('what the refresher recorded is shown, without causes', async t => {
  t.strictSame(await shown(ok), [
    'ecr_anywhere_refresh_report{state="ok"} 1',
    'ecr_anywhere_refresh_report{state="absent"} 0',
    'ecr_anywhere_refresh_report{state="foreign"} 0',
    'ecr_anywhere_refresh_report{state="broken"} 0',
    `ecr_anywhere_refresh_last_start_timestamp_seconds ${atSeconds + 900}`,
    `ecr_anywhere_refresh_last_run_timestamp_seconds ${atSeconds}`,
    `ecr_anywhere_refresh_last_success_timestamp_seconds ${atSeconds - 900}`,
    'ecr_anywhere_refresh_failed 1',
    'ecr_anywhere_refresh_failures 6',
    'ecr_anywhere_managed_secrets_not_enabled 5',
    'ecr_anywhere_managed_secrets{state="NeverInjected"} 1',
    'ecr_anywhere_managed_secrets{state="Expired"} 2',
    'ecr_anywhere_managed_secrets{state="Due"} 3',
    'ecr_anywhere_managed_secrets{state="Fresh"} 4',
    `ecr_anywhere_secret_expiry_timestamp_seconds{secret_namespace="a",secret_name="pull"} ${atSeconds}`,
    `ecr_anywhere_secret_expiry_timestamp_seconds{secret_namespace="a",secret_name="other"} ${atSeconds}`,
    'ecr_anywhere_secret_lifetime_seconds{secret_namespace="a",secret_name="pull"} 43200',
  ])
})

t.test('what nobody knows is not shown, rather than shown as zero', async t => {
  for (const state of ['absent', 'foreign', 'broken'] as const) {
    const lines = await shown({ state })
    t.equal(lines.length, 4)
    t.ok(lines.includes(`ecr_anywhere_refresh_report{state="${state}"} 1`))
  }
  t.strictSame(await shown(undefined), [])
})

t.test('Secrets that are not among the first to expire any more are no longer shown', async t => {
  let status = ok
  const made = madeMetrics({ refresh: () => status })
  t.equal((await samples('ecr_anywhere_secret_expiry', made)).length, 2)
  status = { state: 'absent' }
  t.strictSame(await samples('ecr_anywhere_secret_expiry', made), [])
  t.ok(reportLimits.expiring <= 100, 'each is a time series in every replica')
})

t.test('each part shows whether it is ready, and each tenant how many tickets it has', async t => {
  const made = madeMetrics({
    ready: {
      readiness: () => ({ ...ready, tickets: 'no ticket' }),
      ticketCounts: () =>
        new Map([
          ['default', 2],
          ['team-a', 0],
        ]),
    },
  })
  t.strictSame(await samples('ecr_anywhere_ready', made), [
    'ecr_anywhere_ready{part="shutdown"} 1',
    'ecr_anywhere_ready{part="certificate"} 1',
    'ecr_anywhere_ready{part="tickets"} 0',
    'ecr_anywhere_ready{part="client_ca"} 1',
    'ecr_anywhere_ready{part="front_proxy"} 1',
  ])
  t.strictSame(await samples('ecr_anywhere_tickets', made), [
    'ecr_anywhere_tickets{tenant="default"} 2',
    'ecr_anywhere_tickets{tenant="team-a"} 0',
  ])
  t.strictSame(await samples('ecr_anywhere_tickets', madeMetrics()), [])
})

t.test('the expiry of a certificate is not shown before one is loaded', async t => {
  t.strictSame(await samples('ecr_anywhere_serving_certificate', madeMetrics()), [])
})
