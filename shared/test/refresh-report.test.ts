import fc from 'fast-check'
import t from 'tap'
import { maxReportBytes, parseReport, refreshReport, refreshStart, reportLimits } from '../src/refresh-report.ts'

const at = '2026-01-01T12:00:00Z'
const states = { NeverInjected: 0, Expired: 0, Due: 0, Fresh: 1 }
const counted = {
  at,
  states,
  notEnabled: 0,
  failed: 0,
  namespaces: [{ namespace: 'a', failed: 0, ...states, firstExpiry: at }],
  expiring: [{ namespace: 'a', name: 'b.c', expiresAt: at }],
  failures: [{ namespace: 'a', name: 'b', cause: 'no', since: at }],
  unlisted: [],
  truncated: { namespaces: false, expiring: false, failures: false, unlisted: false },
}
const report = { version: 1 as const, startedAt: at, finishedAt: at, failed: false, lastSuccessAt: at, counted }

t.test('what refresh writes is read', async t => {
  t.strictSame(parseReport(refreshReport, JSON.stringify(report)), { state: 'ok', value: report })
  t.strictSame(parseReport(refreshStart, JSON.stringify({ version: 1, startedAt: at })), {
    state: 'ok',
    value: { version: 1, startedAt: at },
  })
})

const others: [about: string, text: string, state: 'foreign' | 'broken', problem: RegExp][] = [
  ['no JSON', '{', 'broken', /^it is not JSON$/],
  ['nothing', '', 'broken', /^it is not JSON$/],
  ['a list', '[]', 'foreign', /^it is not of version 1 of this format$/],
  ['null', 'null', 'foreign', /version 1/],
  ['the JSON of another program', '{"a":1}', 'foreign', /version 1/],
  ['a later version', JSON.stringify({ ...report, version: 2 }), 'foreign', /version 1/],
  ['a key more', JSON.stringify({ ...report, hunter2: 'hunter2' }), 'broken', /^it is not as this version writes it$/],
  ['a time that is none', JSON.stringify({ ...report, finishedAt: 'hunter2' }), 'broken', /^finishedAt is not as/],
  ['a count below zero', JSON.stringify({ ...report, counted: { ...counted, failed: -1 } }), 'broken', /^counted\.failed is not as/],
  [
    'a name that no Secret has',
    JSON.stringify({ ...report, counted: { ...counted, expiring: [{ namespace: 'a', name: 'hunter2\n', expiresAt: at }] } }),
    'broken',
    /^counted\.expiring\.0\.name is not as/,
  ],
  [
    'too many Secrets',
    JSON.stringify({ ...report, counted: { ...counted, expiring: Array(reportLimits.expiring + 1).fill(counted.expiring[0]) } }),
    'broken',
    /^counted\.expiring is not as/,
  ],
  [
    'a text that is too long',
    JSON.stringify({ ...report, cause: 'x'.repeat(maxReportBytes) }),
    'broken',
    /^it has more than \d+ characters$/,
  ],
]

for (const [about, text, state, problem] of others) {
  t.test(`${about} is ${state}, and its problem quotes nothing`, async t => {
    const read = parseReport(refreshReport, text)
    t.match(read, { state, problem })
    t.notMatch(JSON.stringify(read), 'hunter2')
  })
}

t.test('no text makes it throw, and no JSON of our version is read unless it is as we write it', async t => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), text => {
      t.not(parseReport(refreshReport, text).state, 'ok')
    }),
  )
  const paths = ['startedAt', 'finishedAt', 'failed', 'lastSuccessAt', 'counted', 'cause'] as const
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
      const read = parseReport(refreshReport, JSON.stringify({ ...report, [path]: value }))
      if (read.state === 'ok') t.match(value, path === 'failed' ? Boolean : String)
      else t.equal(read.problem.length < 150, true)
    }),
  )
})
