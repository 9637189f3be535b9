import { formatTime } from '@ecr-anywhere/shared/time.ts'
import t from 'tap'
import { earliest, type ManagedSecret, planOf } from '../../src/refresh/plan.ts'
import { hours, nowMs } from './api-server.ts'

const options = { nowMs, refreshBeforeMs: 6 * hours, force: false }

/** Named by the hours that are left. */
function secret(left: number | 'none' | 'unreadable'): ManagedSecret {
  const expiresAt = left === 'none' ? undefined : left === 'unreadable' ? 'soon' : formatTime(nowMs + left * hours)
  return { namespace: 'a', name: String(left), uid: '1', expiresAt }
}

const all = [secret(11), secret(5), secret('none'), secret(-3), secret(7), secret('unreadable'), secret(1)]

t.test('what is due is touched, that with the least time left first', async t => {
  const plan = planOf(all, options)
  t.strictSame(
    plan.touch.map(({ name }) => name),
    ['none', 'unreadable', '-3', '1', '5'],
  )
  t.match(plan, { checked: 7, due: 5, earliestExpiry: '2026-01-01T19:00:00Z' })
})

t.test('with force all are touched, and as many are due', async t => {
  const plan = planOf(all, { ...options, force: true })
  t.strictSame(
    plan.touch.map(({ name }) => name),
    ['none', 'unreadable', '-3', '1', '5', '7', '11'],
  )
  t.match(plan, { checked: 7, due: 5 })
  t.equal(plan.earliestExpiry, undefined)
})

t.test('what is given is not reordered', async t => {
  const given = [secret(11), secret(1)]
  planOf(given, { ...options, force: true })
  t.strictSame(
    given.map(({ name }) => name),
    ['11', '1'],
  )
})

t.test('nothing is a plan, too', async t => {
  t.strictSame(planOf([], options), { touch: [], checked: 0, due: 0, earliestExpiry: undefined })
})

t.test('the earliest of some times is found by time, not by text', async t => {
  t.equal(earliest(['2026-01-01T12:00:00Z', 'x', undefined, '2026-01-01T12:30:00+01:00']), '2026-01-01T12:30:00+01:00')
  t.equal(earliest(['x', undefined]), undefined)
})

t.test('fifty thousand Secrets are planned in a moment', async t => {
  const many = Array.from({ length: 50_000 }, (_, at) => secret((at % 24) - 12))
  const startMs = performance.now()
  planOf(many, options)
  t.ok(performance.now() - startMs < 2_000)
})
