import { cacheWith, drivenWorld, settled, startMs } from '@ecr-anywhere/scripts/testbed/driven-world.ts'
import t from 'tap'
import { backoffCapMs } from '../src/backoff.ts'
import { cache, hopelessInUseMs, inUseMs, patienceMs } from '../src/cache.ts'

const limitMs = 10_000

t.test('a hundred concurrent asks for one key are one load', async t => {
  const { world, loads, last } = drivenWorld()
  const cached = cache(world)
  const asks = Array.from({ length: 100 }, () => cached.get('a', limitMs))
  await settled()
  t.equal(loads.length, 1)
  await last().give('v')
  for (const answer of await Promise.all(asks)) t.strictSame(answer, { value: 'v' })
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

t.test('a fresh value is served without a load', async t => {
  const { cached, loads, move } = await cacheWith('v')
  await move(99)
  t.strictSame(await cached.get('a', limitMs), { value: 'v' })
  t.equal(loads.length, 1)
})

t.test('an ageing value is served at once, not in a promise, and renewed behind the answer', async t => {
  const { cached, loads, last, move } = await cacheWith('old')
  await move(100)
  t.strictSame(cached.get('a', limitMs), { value: 'old' })
  t.strictSame(cached.get('a', limitMs), { value: 'old' })
  t.equal(loads.length, 2, 'one renewal, however many ask')
  await last().give('new')
  t.strictSame(cached.get('a', limitMs), { value: 'new' })
})

t.test('nobody waits for a renewal that hangs while the value is ageing', async t => {
  const { cached, move, loads } = await cacheWith('old')
  for (const ms of [100, 400, 400]) {
    await move(ms)
    t.strictSame(cached.get('a', limitMs), { value: 'old' })
  }
  t.equal(loads.length, 2)
})

t.test('a waning value gives way to a new one that comes soon', async t => {
  const { cached, last, move } = await cacheWith('old')
  await move(1_000)
  const second = cached.get('a', limitMs)
  await move(patienceMs / 2)
  await last().give('new')
  t.strictSame(await second, { value: 'new' })
})

t.test('a waning value is served once patience with a load is over, which is counted from its start', async t => {
  const { cached, last, move, loads, waiting } = await cacheWith('old', { usableMs: 100_000 })
  await move(1_000)
  const [second, third] = [cached.get('a', limitMs), cached.get('a', limitMs)]
  await move(patienceMs / 2)
  const later = cached.get('a', limitMs)
  await move(patienceMs / 2)
  for (const answer of [second, third, later]) t.match(await answer, { value: 'old', stale: { message: `a took over ${patienceMs} ms` } })
  t.match(cached.get('a', limitMs), { value: 'old', stale: { message: `a took over ${patienceMs} ms` } }, 'at once, while the load hangs')
  t.equal(loads.length, 2, 'they share it')
  t.equal(waiting(), 0, 'no timer is left behind')
  await last().give('new')
  t.strictSame(cached.get('a', limitMs), { value: 'new' }, 'and what it brings at last is used')
})

t.test('all waiters see the failure of their load, and it is not kept', async t => {
  const { world, loads, last, move } = drivenWorld({ random: 0 })
  const cached = cache(world)
  const asks = [cached.get('a', limitMs), cached.get('a', limitMs)].map(ask => t.rejects(Promise.resolve(ask), { message: 'AWS is down' }))
  await last().fail(new Error('AWS is down'))
  await Promise.all(asks)
  const again = cached.get('a', limitMs)
  await move(0)
  t.equal(loads.length, 2)
  await last().give('v')
  t.strictSame(await again, { value: 'v' })
})

t.test('a load that throws at once is a failure like another', async t => {
  const { world } = drivenWorld()
  const cached = cache({
    ...world,
    load: () => {
      throw new Error('at once')
    },
  })
  await t.rejects(Promise.resolve(cached.get('a', limitMs)), { message: 'at once' })
})

t.test('who waits longer than its limit is told so; the next does not wait for the load that hangs', async t => {
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

t.test(
  'a load that hangs is an error that can be reported, and one that fails after it was given up stops nobody from sharing the next',
  async t => {
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
  },
)

t.test('what a load brings after its limit is still taken', async t => {
  const { world, loads, last, move } = drivenWorld()
  const cached = cache(world)
  const late = t.rejects(Promise.resolve(cached.get('a', 500)), { message: 'a took over 500 ms' })
  await move(500)
  await late
  await last().give('v')
  t.strictSame(await cached.get('a', limitMs), { value: 'v' })
  t.equal(loads.length, 1)
})

t.test('a limit below the patience with a waning value is kept to', async t => {
  const { cached, move } = await cacheWith('old')
  await move(1_000)
  const second = cached.get('a', 500)
  await move(500)
  t.match(await second, { value: 'old', stale: { message: /^a took over/ } })
})

t.test('entries tell what is cached and the last error', async t => {
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

t.test('keys in use are renewed in the background; those that nobody asked for in 12 h are forgotten', async t => {
  const { cached, loads, last, move } = await cacheWith('v', { freshMs: inUseMs / 2, goodMs: 2 * inUseMs, usableMs: 2 * inUseMs })
  cached.renew()
  t.equal(loads.length, 1, 'a fresh one is not')
  await move(inUseMs)
  cached.renew()
  cached.renew()
  t.equal(loads.length, 2, 'one that is not fresh is, once')
  await last().give('w')
  await move(1)
  cached.renew()
  t.strictSame([...cached.entries()], [])
  await move(inUseMs)
  cached.renew()
  t.equal(loads.length, 2)
})

t.test('a background renewal that fails is no unhandled rejection, and its error can be told', async t => {
  const unhandled: unknown[] = []
  const listen = (error: unknown) => unhandled.push(error)
  process.on('unhandledRejection', listen)
  t.teardown(() => process.off('unhandledRejection', listen))
  const { cached, last, move } = await cacheWith('v')
  await move(100)
  cached.renew()
  await last().fail(new Error('AWS is down'))
  await settled()
  t.match([...cached.entries()], [{ error: { message: 'AWS is down' } }])
  t.strictSame(unhandled, [])
})

t.test('what is cached and fresh is given at once, not in a promise: an admission then waits for nothing', async t => {
  const { world, last } = drivenWorld()
  const cached = cache(world)
  const first = cached.get('a', limitMs)
  t.ok(first instanceof Promise)
  await last().give('v')
  await first
  t.strictSame(cached.get('a', limitMs), { value: 'v' })
})

t.test('a key of which nothing usable is cached is forgotten an hour after somebody asked for it', async t => {
  const { world, last, move } = drivenWorld({ random: 0 })
  const cached = cache(world)
  const ask = t.rejects(Promise.resolve(cached.get('a', limitMs)), { message: 'refused' })
  await last().fail(new Error('refused'))
  await ask
  await move(hopelessInUseMs)
  cached.renew()
  await last().fail(new Error('refused'))
  t.match([...cached.entries()], [{ key: 'a' }])
  await move(1)
  cached.renew()
  t.strictSame([...cached.entries()], [])
})

t.test('a watched key is loaded at once and renewed for good, whether or not anybody asks', async t => {
  const { world, loads, last, move } = drivenWorld({ usableMs: 2 * inUseMs })
  const cached = cache(world)
  cached.watch('a')
  t.match([...cached.entries()], [{ key: 'a', watched: true }])
  await last().give('v')
  t.strictSame(cached.get('a', limitMs), { value: 'v' })
  for (let at = 2; at < 6; at += 1) {
    await move(inUseMs)
    cached.renew()
    t.equal(loads.length, at)
    await last().give(`v${at}`)
  }
  t.match([...cached.entries()], [{ key: 'a', cached: { value: 'v5' }, watched: true }])
})

t.test('who asks for a watched key while it is loaded for the first time shares that load', async t => {
  const { world, loads, last } = drivenWorld()
  const cached = cache(world)
  cached.watch('a')
  const asks = Array.from({ length: 100 }, () => cached.get('a', limitMs))
  await last().give('v')
  for (const answer of await Promise.all(asks)) t.strictSame(answer, { value: 'v' })
  t.equal(loads.length, 1)
})

t.test('a watched key that fails is retried, and never forgotten', async t => {
  const { world, loads, last, move } = drivenWorld({ random: 0 })
  const cached = cache(world)
  cached.watch('a')
  for (let at = 1; at < 5; at += 1) {
    await last().fail(new Error('refused'))
    t.match([...cached.entries()], [{ key: 'a', error: { message: 'refused' }, watched: true }])
    await move(inUseMs + 1)
    cached.renew()
    t.equal(loads.length, at + 1)
  }
})
