import { cacheWith, drivenWorld, settled } from '@ecr-anywhere/scripts/testbed/driven-world.ts'
import t from 'tap'
import { backoffBaseMs, backoffCapMs, idleBackoffCapMs } from '../src/backoff.ts'
import { cache, patienceMs } from '../src/cache.ts'

const limitMs = 9_000
const down = new Error('AWS is down')

/** A cache that holds `old`, whose first renewal has just failed, at an age of so many milliseconds. */
async function failing(ageMs: number, options: Parameters<typeof drivenWorld>[0] = {}) {
  const { cached, ...driven } = await cacheWith('old', { freshMs: 100, goodMs: 100_000, usableMs: 200_000, ...options })
  await driven.move(ageMs)
  const second = Promise.resolve(cached.get('a', limitMs)).catch(error => error)
  await driven.last().fail(down)
  return { ...driven, cached, second: await second }
}

t.test('a renewal that has failed makes an ageing value stale, which is said from then on; it is served at once all the same', async t => {
  const { cached, second, loads } = await failing(500)
  t.strictSame(second, { value: 'old' }, 'nothing had failed yet')
  t.strictSame(cached.get('a', limitMs), { value: 'old', stale: down })
  t.equal(loads.length, 1 + 1, 'and the next try waits for its back-off')
})

t.test('asks for an ageing value start another load only once a long back-off is over', async t => {
  const { cached, loads, last, move } = await failing(500, { goodMs: 10_000_000, usableMs: 20_000_000, random: 1 })
  for (let failures = 1; failures < 12; failures += 1) {
    const backoffMs = Math.min(idleBackoffCapMs, backoffBaseMs * 2 ** failures)
    await move(backoffMs - 1)
    t.strictSame(cached.get('a', limitMs), { value: 'old', stale: down })
    t.equal(loads.length, 1 + failures)
    await move(1)
    t.strictSame(cached.get('a', limitMs), { value: 'old', stale: down })
    t.equal(loads.length, 2 + failures, `after ${backoffMs} ms`)
    await last().fail(down)
  }
})

t.test('background renewals of a key that fails back off up to minutes, and an ask without a value is tried all the same', async t => {
  const { world, loads, last, move } = drivenWorld({ random: 1 })
  const cached = cache(world)
  const lookEveryMs = 5_000
  cached.watch('a')
  await last().fail(down)
  for (let passedMs = 0; passedMs < 3_600_000; passedMs += lookEveryMs) {
    await move(lookEveryMs)
    const before = loads.length
    cached.renew()
    await settled()
    if (loads.length > before) await last().fail(down)
  }
  t.ok(loads.length < 30, `${loads.length} loads in an hour`)
  const before = loads.length
  const ask = cached.get('a', limitMs)
  await move(backoffCapMs)
  t.equal(loads.length, before + 1)
  await last().give('v')
  t.strictSame(await ask, { value: 'v' })
})

t.test('while AWS fails, a waning value is served as stale: at once during a back-off, else when the load has failed', async t => {
  const { cached, second, loads, move, last } = await failing(150_000, { random: 1 })
  t.strictSame(second, { value: 'old', stale: down })
  t.strictSame(cached.get('a', limitMs), { value: 'old', stale: down })
  t.equal(loads.length, 2)
  await move(backoffBaseMs * 2)
  const third = cached.get('a', limitMs)
  t.equal(loads.length, 3)
  await last().fail(new Error('still down'))
  t.match(await third, { value: 'old', stale: { message: 'still down' } })
})

t.test('however often it has failed, the load of a waning value is tried again after a short back-off', async t => {
  const { cached, loads, move, last } = await failing(150_000, { goodMs: 100_000, usableMs: 10_000_000, random: 1 })
  for (let failures = 1; failures < 10; failures += 1) {
    await move(backoffCapMs)
    const ask = cached.get('a', limitMs)
    t.equal(loads.length, 2 + failures)
    await last().fail(down)
    t.strictSame(await ask, { value: 'old', stale: down })
  }
})

t.test('who holds a waning value waits for a load that is under way, though a short while ago one failed', async t => {
  const { cached, move, last } = await failing(150_000, { random: 1 })
  cached.watch('a')
  const ask = cached.get('a', limitMs)
  await move(backoffBaseMs * 2)
  await last().give('new')
  t.strictSame(await ask, { value: 'new' })
})

t.test('a waning value gives way to a new one that comes in time', async t => {
  const { cached, move, last } = await failing(150_000)
  await move(backoffCapMs)
  const third = cached.get('a', limitMs)
  await last().give('new')
  t.strictSame(await third, { value: 'new' })
})

t.test('a spent value is never served', async t => {
  const { second } = await failing(200_000)
  t.equal(second, down)
})

t.test('a value that is spent while somebody waits is not served either', async t => {
  const { cached, move } = await failing(199_000, { random: 0 })
  const third = t.rejects(Promise.resolve(cached.get('a', limitMs)), { message: `a took over ${patienceMs} ms` })
  await move(patienceMs)
  await third
})

t.test('a load that succeeds ends the failing', async t => {
  const { cached, move, last, loads } = await failing(500)
  await move(backoffCapMs)
  void cached.get('a', limitMs)
  await last().give('new')
  t.strictSame(cached.get('a', limitMs), { value: 'new' })
  await move(100)
  t.strictSame(cached.get('a', limitMs), { value: 'new' }, 'no longer stale')
  t.equal(loads.length, 4, 'the next renewal has no back-off')
})

const draws: [about: string, random: number, waits: number[]][] = [
  ['none of it', 0, []],
  ['half of it', 0.5, [200, 400, 800, 1_000, 1_000, 1_000]],
  ['all of it', 1, [400, 800, 1_600, 2_000, 2_000, 2_000]],
]

for (const [about, random, waits] of draws) {
  t.test(`retries back off, doubling up to a cap, by a random part: ${about}`, async t => {
    const { world, last, move, slept, loads } = drivenWorld({ random })
    const cached = cache(world)
    for (let tries = 1; tries <= 7; tries += 1) {
      const ask = t.rejects(Promise.resolve(cached.get('a', 60_000)), down)
      await move(backoffCapMs)
      t.equal(loads.length, tries)
      await last().fail(down)
      await ask
    }
    t.strictSame(
      slept.filter(ms => ms !== 60_000),
      waits,
    )
  })
}

t.test('concurrent asks during a back-off share it: AWS is not hammered', async t => {
  const { world, last, loads, move } = drivenWorld({ random: 1 })
  const cached = cache(world)
  const first = t.rejects(Promise.resolve(cached.get('a', limitMs)), down)
  await last().fail(down)
  await first
  const asks = Array.from({ length: 100 }, () => cached.get('a', limitMs))
  await settled()
  t.equal(loads.length, 1)
  await move(backoffBaseMs * 2)
  t.equal(loads.length, 2)
  await last().give('v')
  t.equal(new Set((await Promise.all(asks)).map(({ value }) => value)).size, 1)
})
