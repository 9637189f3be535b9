import { cpuMs } from '@ecr-anywhere/scripts/testbed/cpu-time.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import t from 'tap'
import { earliest, type ManagedSecret, mostUrgentFirst, planOf } from '../../src/refresh/plan.ts'
import { hours, nowMs } from './api-server.ts'

const options = { nowMs, refreshBeforeMs: 6 * hours, force: false }

/** A Secret that is named after the hours that it has left. */
function secret(left: number | 'none' | 'unreadable'): ManagedSecret {
  const expiresAt = left === 'none' ? undefined : left === 'unreadable' ? 'soon' : formatTime(nowMs + left * hours)
  return { namespace: 'a', name: String(left), uid: '1', expiresAt, updatedAt: undefined }
}

const all = [secret(11), secret(5), secret('none'), secret(-3), secret(7), secret('unreadable'), secret(1)]

t.test('due Secrets are touched, and the one with the least time left first', async t => {
  const plan = planOf(all, options)
  t.strictSame(
    plan.touch.map(({ name }) => name),
    ['none', 'unreadable', '-3', '1', '5'],
  )
  t.match(plan, { checked: 7, due: 5, leave: [{ name: '11' }, { name: '7' }] })
})

t.test('with force all Secrets are touched, and the number of due Secrets is the same', async t => {
  const plan = planOf(all, { ...options, force: true })
  t.strictSame(
    plan.touch.map(({ name }) => name),
    ['none', 'unreadable', '-3', '1', '5', '7', '11'],
  )
  t.match(plan, { checked: 7, due: 5 })
  t.strictSame(plan.leave, [])
})

t.test('the given list is not reordered', async t => {
  const given = [secret(11), secret(1)]
  planOf(given, { ...options, force: true })
  t.strictSame(
    given.map(({ name }) => name),
    ['11', '1'],
  )
})

t.test('an empty list has an empty plan', async t => {
  t.strictSame(planOf([], options), { touch: [], checked: 0, due: 0, leave: [] })
})

t.test('a Secret with a short lifetime is due when half of it has passed', async t => {
  const life = (expiresInHours: number, updatedInHours: number) => ({
    ...secret(expiresInHours),
    updatedAt: formatTime(nowMs + updatedInHours * hours),
  })
  const plan = planOf([life(0.6, -0.4), life(0.4, -0.6), life(5, -7)], options)
  t.strictSame(
    plan.touch.map(({ name }) => name),
    ['0.4', '5'],
  )
  t.match(plan, { checked: 3, due: 2, leave: [{ name: '0.6' }] })
})

t.test('the earliest expiry is found by comparing times, not strings', async t => {
  const at = (expiresAt: string | undefined) => ({ expiresAt })
  const times = ['2026-01-01T12:00:00Z', 'x', undefined, '2026-01-01T12:30:00+01:00'].map(at)
  t.equal(earliest(times), times[3])
  t.equal(earliest([at('x'), at(undefined)]), undefined)
  const equal = ['2026-01-01T12:00:00Z', '2026-01-01T13:00:00+01:00'].map(at)
  t.equal(earliest(equal), equal[0])
  t.strictSame(mostUrgentFirst(times), [times[1], times[2], times[3], times[0]])
})

t.test('fifty thousand Secrets are planned quickly', async t => {
  const many = Array.from({ length: 50_000 }, (_, at) => secret((at % 24) - 12))
  const ms = cpuMs(() => planOf(many, options))
  t.ok(ms < 2_000, `${ms} ms`)
})
