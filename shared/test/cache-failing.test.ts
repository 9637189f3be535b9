import { cacheWith, drivenWorld, settled } from '@ecr-anywhere/scripts/testbed/driven-world.ts'
import t from 'tap'
import { backoffBaseMs, backoffCapMs, idleBackoffCapMs } from '../src/backoff.ts'
import { cache, patienceMs } from '../src/cache.ts'

const limitMs = 9_000
const awsError = new Error('AWS is down')

/** A cache with the value `old`, whose first renewal has just failed at this age. */
async function failing(ageMs: number, options: Parameters<typeof drivenWorld>[0] = {}) {
  const { cached, ...driven } = await cacheWith('old', { freshMs: 100, goodMs: 100_000, usableMs: 200_000, ...options })
  await driven.move(ageMs)
  const second = Promise.resolve(cached.get('a', limitMs)).catch(error => error)
  await driven.last().fail(awsError)
  return { ...driven, cached, second: await second }
}

t.test('after a failed renewal, an ageing value is returned at once and marked as stale', async t => {
  const { cached, second, loads } = await failing(500)
  t.strictSame(second, { value: 'old' }, 'no load had failed yet')
  t.strictSame(cached.get('a', limitMs), { value: 'old', stale: awsError })
  t.equal(loads.length, 1 + 1, 'the next attempt waits for its back-off')
})

t.test('requests for an ageing value start another load only after a long back-off', async t => {
  const { cached, loads, last, move } = await failing(500, { goodMs: 10_000_000, usableMs: 20_000_000, random: 1 })
  for (let failures = 1; failures < 12; failures += 1) {
    const backoffMs = Math.min(idleBackoffCapMs, backoffBaseMs * 2 ** failures)
    await move(backoffMs - 1)
    t.strictSame(cached.get('a', limitMs), { value: 'old', stale: awsError })
    t.equal(loads.length, 1 + failures)
    await move(1)
    t.strictSame(cached.get('a', limitMs), { value: 'old', stale: awsError })
    t.equal(loads.length, 2 + failures, `after ${backoffMs} ms`)
    await last().fail(awsError)
  }
})

t.test('background renewals of a failing key back off, and a request without a value is still attempted', async t => {
  const { world, loads, last, move } = drivenWorld({ random: 1 })
  const cached = cache(world)
  const lookEveryMs = 5_000
  cached.watch('a')
  await last().fail(awsError)
  for (let passedMs = 0; passedMs < 3_600_000; passedMs += lookEveryMs) {
    await move(lookEveryMs)
    const before = loads.length
    cached.renew()
    await settled()
    if (loads.length > before) await last().fail(awsError)
  }
  t.ok(loads.length < 50, `there are ${loads.length} loads in an hour`)
  const before = loads.length
  const ask = cached.get('a', limitMs)
  await move(backoffCapMs)
  t.equal(loads.length, before + 1)
  await last().give('v')
  t.strictSame(await ask, { value: 'v' })
})

t.test('while AWS fails, a waning value is returned as stale: at once during a back-off, or else when the load fails', async t => {
  const { cached, second, loads, move, last } = await failing(150_000, { random: 1 })
  t.strictSame(second, { value: 'old', stale: awsError })
  t.strictSame(cached.get('a', limitMs), { value: 'old', stale: awsError })
  t.equal(loads.length, 2)
  await move(backoffBaseMs * 2)
  const third = cached.get('a', limitMs)
  t.equal(loads.length, 3)
  await last().fail(new Error('still down'))
  t.match(await third, { value: 'old', stale: { message: 'still down' } })
})

t.test('the load of a waning value is retried after a short back-off, however often it has failed', async t => {
  const { cached, loads, move, last } = await failing(150_000, { goodMs: 100_000, usableMs: 10_000_000, random: 1 })
  for (let failures = 1; failures < 10; failures += 1) {
    await move(backoffCapMs)
    const ask = cached.get('a', limitMs)
    t.equal(loads.length, 2 + failures)
    await last().fail(awsError)
    t.strictSame(await ask, { value: 'old', stale: awsError })
  }
})

t.test('a request for a waning value waits for a load in progress, even if a load failed a short time ago', async t => {
  const { cached, move, last } = await failing(150_000, { random: 1 })
  cached.watch('a')
  const ask = cached.get('a', limitMs)
  await move(backoffBaseMs * 2)
  await last().give('new')
  t.strictSame(await ask, { value: 'new' })
})

t.test('a waning value is replaced by a new one that arrives in time', async t => {
  const { cached, move, last } = await failing(150_000)
  await move(backoffCapMs)
  const third = cached.get('a', limitMs)
  await last().give('new')
  t.strictSame(await third, { value: 'new' })
})

t.test('a spent value is never returned', async t => {
  const { second } = await failing(200_000)
  t.equal(second, awsError)
})

t.test('a value that becomes spent during a request is not returned either', async t => {
  const { cached, move } = await failing(199_000, { random: 0 })
  const third = t.rejects(Promise.resolve(cached.get('a', limitMs)), { message: `a took over ${patienceMs} ms` })
  await move(patienceMs)
  await third
})

t.test('a successful load resets the failures', async t => {
  const { cached, move, last, loads } = await failing(500)
  await move(backoffCapMs)
  void cached.get('a', limitMs)
  await last().give('new')
  t.strictSame(cached.get('a', limitMs), { value: 'new' })
  await move(100)
  t.strictSame(cached.get('a', limitMs), { value: 'new' }, 'the value is no longer stale')
  t.equal(loads.length, 4, 'the next renewal has no back-off')
})

const draws: [about: string, random: number, waits: number[]][] = [
  ['none of it', 0, []],
  ['half of it', 0.5, [200, 400, 800, 1_000, 1_000, 1_000]],
  ['all of it', 1, [400, 800, 1_600, 2_000, 2_000, 2_000]],
]

for (const [about, random, waits] of draws) {
  t.test(`the back-off of retries doubles up to a cap and is multiplied by a random part: ${about}`, async t => {
    const { world, last, move, slept, loads } = drivenWorld({ random })
    const cached = cache(world)
    for (let tries = 1; tries <= 7; tries += 1) {
      const ask = t.rejects(Promise.resolve(cached.get('a', 60_000)), awsError)
      await move(backoffCapMs)
      t.equal(loads.length, tries)
      await last().fail(awsError)
      await ask
    }
    t.strictSame(
      slept.filter(ms => ms !== 60_000),
      waits,
    )
  })
}

t.test('concurrent requests during a back-off share it, so that AWS is not overloaded', async t => {
  const { world, last, loads, move } = drivenWorld({ random: 1 })
  const cached = cache(world)
  const first = t.rejects(Promise.resolve(cached.get('a', limitMs)), awsError)
  await last().fail(awsError)
  await first
  const asks = Array.from({ length: 100 }, () => cached.get('a', limitMs))
  await settled()
  t.equal(loads.length, 1)
  await move(backoffBaseMs * 2)
  t.equal(loads.length, 2)
  await last().give('v')
  t.equal(new Set((await Promise.all(asks)).map(({ value }) => value)).size, 1)
})
