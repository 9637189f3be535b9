import fc from 'fast-check'
import t from 'tap'
import { refreshStatusOf, reportStates, type StatusPart } from '../src/refresh-status.ts'

const at = '2026-01-01T12:00:00Z'
const start = { version: 1, startedAt: at }
const report = { version: 1, startedAt: at, finishedAt: at, failed: true, cause: 'no' }
const part = (value?: object): StatusPart => ({ text: value && JSON.stringify(value) })

t.test('both parts are read', async t => {
  t.strictSame(refreshStatusOf({ start: part(start), report: part(report) }), { state: 'ok', start, report })
})

const cases: [about: string, start: StatusPart, report: StatusPart, status: ReturnType<typeof refreshStatusOf>][] = [
  ['nothing was recorded', part(), part(), { state: 'absent' }],
  ['a first run has begun', part(start), part(), { state: 'absent', start } as never],
  ['the report is of another program', part(start), part({ a: 1 }), { state: 'foreign', start, problem: /version 1/ } as never],
  ['the start is broken', part({ ...start, a: 1 }), part(report), { state: 'broken', report, problem: /not as/ } as never],
  ['the report could not be read', part(start), { problem: 'EIO' }, { state: 'broken', start, problem: 'EIO' } as never],
]

for (const [about, started, reported, status] of cases) {
  t.test(`${about}: ${status.state}`, async t => {
    const found = refreshStatusOf({ start: started, report: reported })
    t.match(found, status)
    t.strictSame(Object.keys(found), Object.keys(status))
  })
}

t.test('a hostile ConfigMap neither makes it throw nor is shown', async t => {
  const anyText = fc.option(
    fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map(value => JSON.stringify({ ...report, counted: value })),
    ),
  )
  fc.assert(
    fc.property(anyText, anyText, (one, other) => {
      const found = refreshStatusOf({ start: { text: one ?? undefined }, report: { text: other ?? undefined } })
      t.ok(reportStates.includes(found.state))
      t.notOk('start' in found || 'report' in found)
      t.ok((found.problem ?? '').length < 150)
    }),
  )
})
