import { cpuMs } from '@ecr-anywhere/scripts/testbed/cpu-time.ts'
import { maxReportBytes, parseReport, type RefreshReport, refreshReport, reportLimits } from '@ecr-anywhere/shared/refresh-report.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import fc from 'fast-check'
import t from 'tap'
import type { ManagedSecret } from '../../src/refresh/plan.ts'
import type { Run } from '../../src/refresh/refresh.ts'
import { failedReport, statusReport } from '../../src/refresh/status-report.ts'
import type { Touched } from '../../src/refresh/touch.ts'
import { expired, fresh, hours, now, nowMs, renewed } from './api-server.ts'

const times = { startedAtMs: nowMs - 30_000, finishedAtMs: nowMs, previous: undefined }
const secret = (name: string, expiresAt?: string, namespace = 'team-a'): ManagedSecret => {
  return { namespace, name, uid: '1', expiresAt, updatedAt: undefined }
}
const failed = (of: ManagedSecret, cause = 'no'): Touched => ({ secret: of, result: 'failed', cause })

/** A run that touched some Secrets and left others. */
function ran(touched: Touched[], leave: ManagedSecret[] = [], more: Partial<Run> = {}): Run {
  const touch = touched.map(({ secret }) => secret)
  const plan = { touch, leave, checked: touch.length + leave.length, due: touch.length }
  const nothing = { missing: [], repaired: [] }
  return { ...nothing, plan, touched, unlisted: [], outside: [], beingDeleted: 0, undone: 0, stoppedBy: undefined, ...more }
}

function reported(run: Run, previous?: RefreshReport): RefreshReport {
  return statusReport(run, { ...times, previous, refreshBeforeMs: 6 * hours })
}

t.test('a run that succeeded is reported with the states of all Secrets after it', async t => {
  const renewedOne: Touched = { secret: secret('a', expired), result: 'refreshed', expiresAt: renewed, updatedAt: undefined }
  const gone: Touched = { secret: secret('b', expired), result: 'gone' }
  const outside = [secret('c', undefined, 'lost'), secret('d', expired, 'lost')]
  t.strictSame(reported(ran([renewedOne, gone], [secret('e', fresh)], { outside })), {
    version: 1,
    startedAt: '2026-01-01T11:59:30Z',
    finishedAt: now,
    failed: false,
    lastSuccessAt: now,
    counted: {
      at: now,
      states: { NeverInjected: 1, Expired: 1, Due: 0, Fresh: 2 },
      notEnabled: 2,
      failed: 0,
      namespaces: [
        { namespace: 'lost', NeverInjected: 1, Expired: 1, Due: 0, Fresh: 0, failed: 0, firstExpiry: expired },
        { namespace: 'team-a', NeverInjected: 0, Expired: 0, Due: 0, Fresh: 2, failed: 0, firstExpiry: fresh },
      ],
      expiring: [
        { namespace: 'lost', name: 'd', expiresAt: expired },
        { namespace: 'team-a', name: 'e', expiresAt: fresh },
        { namespace: 'team-a', name: 'a', expiresAt: renewed },
      ],
      failures: [],
      unlisted: [],
      truncated: { namespaces: false, expiring: false, failures: false, unlisted: false },
    },
  })
})

t.test('what fails is reported with its cause, and since the first of the consecutive runs in which it failed', async t => {
  const first = reported(ran([failed(secret('a', expired)), failed(secret('b'), 'AccessDenied')]))
  t.match(first, { failed: true, cause: /^refresh failed: 2 Secrets were not renewed/, counted: { failed: 2 } })
  t.notOk('lastSuccessAt' in first)
  t.strictSame(first.counted?.failures, [
    { namespace: 'team-a', name: 'b', cause: 'AccessDenied', since: now },
    { namespace: 'team-a', name: 'a', cause: 'no', since: now },
  ])
  const later = { ...times, finishedAtMs: nowMs + hours, refreshBeforeMs: 6 * hours }
  const second = statusReport(ran([failed(secret('a', expired), 'other'), failed(secret('c'))]), { ...later, previous: first })
  t.match(second.counted?.failures, [
    { name: 'c', since: '2026-01-01T13:00:00Z' },
    { name: 'a', cause: 'other', since: now },
  ])
  const healed = statusReport(ran([]), { ...later, previous: second })
  t.match(healed, { failed: false, lastSuccessAt: '2026-01-01T13:00:00Z', counted: { failures: [] } })
  t.match(statusReport(ran([failed(secret('a'))]), { ...later, previous: healed }), { failed: true, lastSuccessAt: '2026-01-01T13:00:00Z' })
})

t.test('a run that could not list the cluster keeps what an earlier run counted, because the rest is unknown', async t => {
  const before = reported(ran([], [secret('a', expired)]))
  const unlisted = [{ namespace: '*', cause: 'HTTP 500' }]
  const after = { ...before.counted }
  t.match(reported(ran([], [], { unlisted }), before), { failed: true, cause: /could not be listed: HTTP 500$/, counted: after })
  t.match(failedReport('found no API server', { ...times, previous: before }), {
    failed: true,
    cause: 'found no API server',
    counted: after,
  })
  t.notOk('counted' in failedReport('found no API server', times))
  const some = reported(ran([], [], { unlisted: [{ namespace: 'team-b', cause: 'HTTP 403' }] }), before)
  t.match(some, { failed: true, counted: { states: { Expired: 0 }, unlisted: [{ namespace: 'team-b', cause: 'HTTP 403' }] } })
})

t.test('short-lived Secrets, which expire first all the time, do not hide one that should have been renewed long ago', async t => {
  const life = (name: string, expiresInHours: number, lifetimeHours: number) => {
    const expiresAtMs = nowMs + expiresInHours * hours
    return { ...secret(name, formatTime(expiresAtMs)), updatedAt: formatTime(expiresAtMs - lifetimeHours * hours) }
  }
  const short = Array.from({ length: 120 }, (_, at) => life(`short-${at}`, 0.8, 1))
  const expiring = reported(ran([], [...short, life('long', 2, 12)])).counted?.expiring
  t.match(expiring?.slice(0, 2), [
    { name: 'long', lifetimeSeconds: 43_200 },
    { name: 'short-0', lifetimeSeconds: 3_600 },
  ])
})

t.test('the worst namespaces come first', async t => {
  const left = [
    secret('a', fresh, 'fresh'),
    secret('a', expired, 'expired'),
    secret('a', undefined, 'never'),
    secret('b', undefined, 'never'),
  ]
  const due = formatTime(nowMs + hours)
  const names = reported(ran([failed(secret('a', due, 'failed'))], [secret('a', due, 'due'), ...left])).counted?.namespaces
  t.strictSame(
    names?.map(({ namespace }) => namespace),
    ['failed', 'never', 'expired', 'due', 'fresh'],
  )
})

const worstText = '\u{1F600}"\\\u2028'.repeat(500)
/** Names as long as Kubernetes allows. */
const long = (at: number, length: number) => `${at}`.padStart(length, 'x')

t.test('with 50,000 Secrets that all fail in namespaces of their own, the report is far below 1 MiB, and can be parsed', async t => {
  const secrets = Array.from({ length: 50_000 }, (_, at) => secret(long(at, 253), formatTime(nowMs - at), long(at, 63)))
  const unlisted = secrets.slice(0, 1_000).map(({ namespace }) => ({ namespace, cause: worstText }))
  const run = ran(
    secrets.map(one => failed(one, worstText)),
    [],
    { unlisted, outside: secrets },
  )
  const ms = cpuMs(() => JSON.stringify(reported(run)))
  t.ok(ms < 5_000, `${ms} ms`)
  const report = reported(run)
  const text = JSON.stringify(report)
  t.ok(Buffer.byteLength(text) < maxReportBytes / 2, `${Buffer.byteLength(text)} bytes`)
  t.strictSame(parseReport(refreshReport, text), { state: 'ok', value: report })
  t.strictSame(report.counted?.truncated, { namespaces: true, expiring: true, failures: true, unlisted: true })
  t.match(report.counted, { states: { Expired: 100_000 }, failed: 50_000, notEnabled: 50_000 })
  const { namespaces, expiring, failures } = report.counted ?? {}
  t.strictSame([namespaces?.length, expiring?.length, failures?.length], [200, 100, 100])
})

t.test('whatever annotations and causes contain, the report can be parsed, and stays within its bounds', async t => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 700 }),
    fc.constantFrom('', '\n', expired, '9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+23:59'),
  )
  const anySecret = fc.record({
    namespace: fc.constantFrom('a', 'b'),
    name: fc.constantFrom('a', 'b', 'c'),
    uid: fc.constant(''),
    expiresAt: fc.option(anyText, { nil: undefined }),
    updatedAt: fc.option(anyText, { nil: undefined }),
  })
  const anyTouched = fc.oneof(
    fc.record({ secret: anySecret, result: fc.constant('failed' as const), cause: anyText }),
    fc.record({ secret: anySecret, result: fc.constant('refreshed' as const), expiresAt: anyText, updatedAt: anyText }),
  )
  fc.assert(
    fc.property(fc.array(anyTouched), fc.array(anySecret), anyText, (touched, leave, cause) => {
      const run = ran(touched, leave, { unlisted: [{ namespace: 'team-b', cause }] })
      for (const report of [reported(run), failedReport(cause, times)]) {
        const text = JSON.stringify(report)
        const read = parseReport(refreshReport, text)
        t.equal(read.state, 'ok', text)
        if (read.state === 'ok') for (const one of read.value.counted?.failures ?? []) t.ok(one.cause.length <= reportLimits.cause)
      }
    }),
  )
})
