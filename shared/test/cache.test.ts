import { cacheWith, drivenWorld, settled, startMs } from '@ecr-anywhere/scripts/testbed/driven-world.ts'
import t from 'tap'
import { backoffCapMs } from '../src/backoff.ts'
import { cache, patienceMs } from '../src/cache.ts'

const limitMs = 10_000

t.test('a hundred concurrent requests for one key cause one load', async t => {
  const { world, loads, last } = drivenWorld()
  const cached = cache(world)
  const requests = Array.from({ length: 100 }, () => cached.get('a', limitMs))
  await settled()
  t.equal(loads.length, 1)
  await last().give('v')
  for (const answer of await Promise.all(requests)) t.strictSame(answer, { value: 'v' })
})

t.test('keys do not wait for each other', async t => {
  const { world, loads } = drivenWorld()
  const cached = cache(world)
  const [a, b] = [cached.get('a', limitMs), cached.get('b', limitMs)]
  t.strictSame(
    loads.map(load => load.key),
    ['a', 'b'],
  )
  await loads[1]?.give('of b')
  t.strictSame(await b, { value: 'of b' })
  await loads[0]?.give('of a')
  t.strictSame(await a, { value: 'of a' })
})

t.test('a fresh value is returned without a load', async t => {
  const { cached, loads, move } = await cacheWith('v')
  await move(99)
  t.strictSame(await cached.get('a', limitMs), { value: 'v' })
  t.equal(loads.length, 1)
})

t.test('an ageing value is returned at once, not in a promise, and renewed after the answer', async t => {
  const { cached, loads, last, move } = await cacheWith('old')
  await move(100)
  t.strictSame(cached.get('a', limitMs), { value: 'old' })
  t.strictSame(cached.get('a', limitMs), { value: 'old' })
  t.equal(loads.length, 2, 'there is one renewal for all requests')
  await last().give('new')
  t.strictSame(cached.get('a', limitMs), { value: 'new' })
})

t.test('no request waits for a hanging renewal of an ageing value', async t => {
  const { cached, move, loads } = await cacheWith('old')
  for (const ms of [100, 400, 400]) {
    await move(ms)
    t.strictSame(cached.get('a', limitMs), { value: 'old' })
  }
  t.equal(loads.length, 2)
})

t.test('a waning value is replaced by a new one that arrives soon', async t => {
  const { cached, last, move } = await cacheWith('old')
  await move(1_000)
  const second = cached.get('a', limitMs)
  await move(patienceMs / 2)
  await last().give('new')
  t.strictSame(await second, { value: 'new' })
})

t.test('a waning value is returned if its load takes longer than the patience, which begins with the load', async t => {
  const { cached, last, move, loads, waiting } = await cacheWith('old', { usableMs: 100_000 })
  await move(1_000)
  const [second, third] = [cached.get('a', limitMs), cached.get('a', limitMs)]
  await move(patienceMs / 2)
  const later = cached.get('a', limitMs)
  await move(patienceMs / 2)
  for (const answer of [second, third, later]) t.match(await answer, { value: 'old', stale: { message: `a took over ${patienceMs} ms` } })
  t.match(
    cached.get('a', limitMs),
    { value: 'old', stale: { message: `a took over ${patienceMs} ms` } },
    'it is returned at once while the load hangs',
  )
  t.equal(loads.length, 2, 'the requests share the load')
  t.equal(waiting(), 0, 'no timer is left behind')
  await last().give('new')
  t.strictSame(cached.get('a', limitMs), { value: 'new' }, 'the value of the late load is used')
})

t.test('all requests get the failure of their load, and it is not cached', async t => {
  const { world, loads, last, move } = drivenWorld({ random: 0 })
  const cached = cache(world)
  const requests = [cached.get('a', limitMs), cached.get('a', limitMs)].map(request =>
    t.rejects(Promise.resolve(request), { message: 'AWS is down' }),
  )
  await last().fail(new Error('AWS is down'))
  await Promise.all(requests)
  const again = cached.get('a', limitMs)
  await move(0)
  t.equal(loads.length, 2)
  await last().give('v')
  t.strictSame(await again, { value: 'v' })
})

t.test('a load that throws synchronously is a failure', async t => {
  const { world } = drivenWorld()
  const cached = cache({
    ...world,
    load: () => {
      throw new Error('at once')
    },
  })
  await t.rejects(Promise.resolve(cached.get('a', limitMs)), { message: 'at once' })
})

t.test('a request fails after its limit, and the next one does not wait for the hanging load', async t => {
  const { world, loads, last, move, waiting } = drivenWorld()
  const cached = cache(world)
  const late = t.rejects(Promise.resolve(cached.get('a', 500)), { message: 'a took over 500 ms' })
  await move(500)
  await late
  const next = cached.get('a', limitMs)
  await move(backoffCapMs)
  t.equal(loads.length, 2)
  await last().give('v')
  t.strictSame(await next, { value: 'v' })
  t.equal(waiting(), 0, 'no timer is left behind')
})

t.test('a hanging load is reported as an error, and its later failure does not affect the next load', async t => {
  const { world, loads, move } = drivenWorld({ random: 0 })
  const cached = cache(world)
  const late = t.rejects(Promise.resolve(cached.get('a', 500)), { message: 'a took over 500 ms' })
  await move(500)
  await late
  t.match([...cached.entries()], [{ error: { message: 'a took over 500 ms' } }])
  const second = cached.get('a', limitMs)
  await loads[0]?.fail(new Error('too late'))
  const third = cached.get('a', limitMs)
  await move(0)
  t.equal(loads.length, 2)
  await loads[1]?.give('v')
  for (const answer of [second, third]) t.strictSame(await answer, { value: 'v' })
})

t.test('the value of a load after its limit is still used', async t => {
  const { world, loads, last, move } = drivenWorld()
  const cached = cache(world)
  const late = t.rejects(Promise.resolve(cached.get('a', 500)), { message: 'a took over 500 ms' })
  await move(500)
  await late
  await last().give('v')
  t.strictSame(await cached.get('a', limitMs), { value: 'v' })
  t.equal(loads.length, 1)
})

t.test('a limit that is shorter than the patience applies to a waning value', async t => {
  const { cached, move } = await cacheWith('old')
  await move(1_000)
  const second = cached.get('a', 500)
  await move(500)
  t.match(await second, { value: 'old', stale: { message: /^a took over/ } })
})

t.test('entries contain the cached value and the last error', async t => {
  const { world, loads } = drivenWorld()
  const cached = cache(world)
  const [a, b] = [cached.get('a', limitMs), t.rejects(Promise.resolve(cached.get('b', limitMs)), { message: 'x' })]
  await loads[0]?.give('v')
  await loads[1]?.fail(new Error('x'))
  await Promise.all([a, b])
  t.match(
    [...cached.entries()],
    [
      { key: 'a', cached: { value: 'v', loadedAtMs: startMs }, watched: false },
      { key: 'b', error: { message: 'x' }, watched: false },
    ],
  )
})

t.test('a fresh value is returned directly and not in a promise, so that an admission does not wait', async t => {
  const { world, last } = drivenWorld()
  const cached = cache(world)
  const first = cached.get('a', limitMs)
  t.ok(first instanceof Promise)
  await last().give('v')
  await first
  t.strictSame(cached.get('a', limitMs), { value: 'v' })
})
