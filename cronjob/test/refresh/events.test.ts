import { type RefreshReport, refreshReport } from '@ecr-anywhere/shared/refresh-report.ts'
import t from 'tap'
import { eventsOf, maxEvents } from '../../src/refresh/events.ts'
import type { Touched } from '../../src/refresh/touch.ts'
import { nowMs } from './api-server.ts'

const secret = (name: string) => ({ namespace: 'team-a', name, uid: `uid-${name}`, expiresAt: undefined, updatedAt: undefined })
const failed = (name: string, cause: string): Touched => ({ secret: secret(name), result: 'failed', cause })
const refreshed = (name: string): Touched => ({ secret: secret(name), result: 'refreshed', expiresAt: '', updatedAt: '' })

const since = '2026-01-01T10:00:00Z'

/** The report of a run in which these Secrets failed. */
function reportOf(...failures: { name: string; cause: string }[]): RefreshReport {
  const states = { NeverInjected: 0, Expired: 0, Due: 0, Fresh: 0 }
  const truncated = { namespaces: false, expiring: false, failures: false, unlisted: false }
  const lists = { namespaces: [], expiring: [], unlisted: [], failures: failures.map(one => ({ namespace: 'team-a', since, ...one })) }
  const counted = { at: since, states, notEnabled: 0, failed: failures.length, truncated, ...lists }
  return refreshReport.parse({ version: 1, startedAt: since, finishedAt: since, failed: true, cause: 'x', counted })
}

const found = (touched: Touched[], previous?: RefreshReport) => eventsOf({ touched }, { previous, nowMs })

t.test('each failed Secret has a Warning with its cause, and a renewed one has nothing', async t => {
  t.match(found([failed('a', 'no role'), refreshed('b')]), [
    {
      about: { kind: 'Secret', namespace: 'team-a', name: 'a', uid: 'uid-a' },
      component: 'ecr-anywhere-refresh',
      reason: 'RefreshFailed',
      message: 'no role',
      nowMs,
    },
  ])
  t.equal(found([refreshed('b')]).length, 0)
})

t.test('a Secret that fails again for the same cause has the same Event, and for another cause another one', async t => {
  const idOf = (cause: string, previous?: RefreshReport) => found([failed('a', cause)], previous)[0]?.id
  const first = reportOf({ name: 'a', cause: 'no role (request 1)' })
  t.equal(idOf('no role (request 2)', first), idOf('no role (request 3)', first))
  t.not(idOf('no region', first), idOf('no role (request 2)', first))
  t.not(idOf('no role (request 2)'), idOf('no role (request 2)', first), 'a later failure is another one')
  t.match(idOf('x', first), /^[a-z0-9.-]{1,253}$/, 'it is valid in the name of an object')
})

t.test('the first run that follows a failure has the Event of the next runs', async t => {
  const report = reportOf({ name: 'a', cause: 'no role' })
  t.equal(
    eventsOf({ touched: [failed('a', 'no role')] }, { previous: undefined, nowMs: Date.parse(since) })[0]?.id,
    found([failed('a', 'no role')], report)[0]?.id,
  )
})

t.test('a Secret that is renewed after it failed has a normal Event', async t => {
  const events = found([refreshed('a'), refreshed('b')], reportOf({ name: 'a', cause: 'no role' }))
  t.match(events, [
    { about: { name: 'a' }, type: 'Normal', reason: 'Renewed', message: `Renewed, after it had failed since ${since}: no role` },
  ])
  t.equal(events.length, 1)
})

t.test(`an outage causes ${maxEvents} Events`, async t => {
  const many = Array.from({ length: maxEvents + 50 }, (_, at) => failed(`s${at}`, 'no'))
  t.equal(found(many).length, maxEvents)
})
