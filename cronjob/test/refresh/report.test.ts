import t from 'tap'
import { progress } from '../../src/refresh/progress.ts'
import type { Run } from '../../src/refresh/refresh.ts'
import { causeLine, exitCodeOf, planTable, summaryLine, summaryOf } from '../../src/refresh/report.ts'
import type { Touched } from '../../src/refresh/touch.ts'
import { expired, fresh, nowMs, renewed } from './api-server.ts'

const secret = (name: string, expiresAt?: string) => ({ namespace: 'team-a', name, uid: '1', expiresAt })
const ok: Touched = { secret: secret('ok', expired), result: 'refreshed', expiresAt: renewed }
const bad: Touched = { secret: secret('bad', expired), result: 'failed', cause: 'AccessDenied from AWS' }
const gone: Touched = { secret: secret('gone', expired), result: 'gone' }
const plan = { touch: [], checked: 9, due: 3, earliestExpiry: fresh }
const run = (more: Partial<Run> = {}): Run => ({ plan, touched: [], unlisted: [], undone: 0, ...more })
const unlisted = [{ namespace: 'team-b', cause: 'HTTP 403' }]

t.test('a run in figures', async t => {
  t.strictSame(summaryOf(run({ touched: [ok, bad, gone], undone: 2, unlisted })), {
    checked: 9,
    due: 3,
    refreshed: 1,
    failed: 1,
    gone: 1,
    undone: 2,
    unlistedNamespaces: 1,
    earliestExpiry: expired,
  })
})

t.test('the earliest expiry is that after the run', async t => {
  t.equal(summaryOf(run({ touched: [ok] })).earliestExpiry, fresh)
  t.equal(summaryOf(run({ touched: [ok], plan: { ...plan, earliestExpiry: undefined } })).earliestExpiry, renewed)
  t.equal(summaryOf(run({ plan: { ...plan, earliestExpiry: undefined } })).earliestExpiry, null)
})

const ends: [about: string, run: Run, code: 0 | 1, cause: string | undefined][] = [
  ['all was renewed', run({ touched: [ok, gone] }), 0, undefined],
  ['nothing was due', run(), 0, undefined],
  ['one Secret failed', run({ touched: [ok, bad] }), 1, 'refresh failed: 1 Secret was not renewed; team-a/bad: AccessDenied from AWS'],
  [
    'two failed',
    run({ touched: [bad, bad], undone: 1 }),
    1,
    'refresh failed: 2 Secrets were not renewed; team-a/bad: AccessDenied from AWS',
  ],
  ['a namespace was not listed', run({ unlisted }), 1, 'refresh failed: namespace team-b could not be listed: HTTP 403'],
  ['it was told to stop', run({ undone: 3 }), 1, 'refresh failed: told to stop with 3 Secrets still to do; the next run does them'],
]

for (const [about, run, code, cause] of ends) {
  t.test(`the run exits ${code} if ${about}${cause === undefined ? '' : ', and says why in one line'}`, async t => {
    t.equal(exitCodeOf(summaryOf(run)), code)
    t.equal(causeLine(run), cause)
  })
}

t.test('the figures fit in one line', async t => {
  const figures = { ...summaryOf(run({ touched: [ok, bad] })), earliestExpiry: fresh }
  t.equal(summaryLine(figures, nowMs), `checked 9, due 3, refreshed 1, failed 1, earliest expiry ${fresh} (in 11h)`)
  t.match(summaryLine({ ...figures, earliestExpiry: expired }, nowMs), /earliest expiry 2026-01-01T11:00:00Z \(past\)$/)
  t.match(summaryLine({ ...figures, earliestExpiry: null }, nowMs), /earliest expiry none$/)
})

t.test('the plan is a table', async t => {
  const touch = [secret('new'), { ...secret('old', expired), namespace: 'x' }, secret('soon', '2026-01-01T12:30:05Z')]
  t.equal(
    planTable({ ...plan, touch }, nowMs),
    [
      'NAMESPACE  NAME  EXPIRES AT            LEFT',
      'team-a     new   -                     unknown',
      'x          old   2026-01-01T11:00:00Z  expired',
      'team-a     soon  2026-01-01T12:30:05Z  30m5s',
    ].join('\n'),
  )
})

t.test('progress is shown on a terminal, ten times a second at most, and nothing in a pipe', async t => {
  const shown: string[] = []
  let now = 1_000
  const write = (text: string) => shown.push(text)
  const line = progress({ isTTY: true, write }, () => now)
  for (const done of [1, 2, 3]) {
    line.update(done, 3)
    now += 60
  }
  line.clear()
  t.strictSame(shown, ['\r\u001B[2Krefreshing 1/3', '\r\u001B[2Krefreshing 3/3', '\r\u001B[2K'])
  const piped = progress({ write }, () => now)
  piped.update(1, 1)
  piped.clear()
  t.equal(shown.length, 3)
})
