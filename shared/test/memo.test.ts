import t from 'tap'
import { backoffCapMs, inUseMs, memo } from '../src/memo.ts'
import { drivenWorld, settled } from './driven-world.ts'

const limitMs = 10_000

t.test('a hundred concurrent asks for one key are one load', async t => {
  const { world, loads, last } = drivenWorld()
  const held = memo(world)
  const asks = Array.from({ length: 100 }, () => held.get('a', limitMs))
  await settled()
  t.equal(loads.length, 1)
  await last().give('v')
  for (const answer of await Promise.all(asks)) t.strictSame(answer, { value: 'v' })
})

t.test('keys do not wait for each other', async t => {
  const { world, loads } = drivenWorld()
  const held = memo(world)
  const [a, b] = [held.get('a', limitMs), held.get('b', limitMs)]
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
  const { world, loads, last, move } = drivenWorld()
  const held = memo(world)
  const first = held.get('a', limitMs)
  await last().give('v')
  await first
  await move(99)
  t.strictSame(await held.get('a', limitMs), { value: 'v' })
  t.equal(loads.length, 1)
})

t.test('an ageing value is renewed, and whoever asks waits for the new one', async t => {
  const { world, last, move } = drivenWorld()
  const held = memo(world)
  const first = held.get('a', limitMs)
  await last().give('old')
  await first
  await move(100)
  const second = held.get('a', limitMs)
  await last().give('new')
  t.strictSame(await second, { value: 'new' })
})

t.test('all waiters see the failure of their load, and it is not kept', async t => {
  const { world, loads, last, move } = drivenWorld({ random: 0 })
  const held = memo(world)
  const asks = [held.get('a', limitMs), held.get('a', limitMs)].map(ask => t.rejects(Promise.resolve(ask), { message: 'AWS is down' }))
  await last().fail(new Error('AWS is down'))
  await Promise.all(asks)
  const again = held.get('a', limitMs)
  await move(0)
  t.equal(loads.length, 2)
  await last().give('v')
  t.strictSame(await again, { value: 'v' })
})

t.test('a load that throws at once is a failure like another', async t => {
  const { world } = drivenWorld()
  const held = memo({
    ...world,
    load: () => {
      throw new Error('at once')
    },
  })
  await t.rejects(Promise.resolve(held.get('a', limitMs)), { message: 'at once' })
})

t.test('who waits longer than its limit is told so; the next does not wait for the load that hangs', async t => {
  const { world, loads, last, move, waiting } = drivenWorld()
  const held = memo(world)
  const late = t.rejects(Promise.resolve(held.get('a', 500)), { message: 'a took over 500 ms' })
  await move(500)
  await late
  const next = held.get('a', limitMs)
  await move(backoffCapMs)
  t.equal(loads.length, 2)
  await last().give('v')
  t.strictSame(await next, { value: 'v' })
  t.equal(waiting(), 0, 'no timer is left behind')
})

t.test('what a load brings after its limit is still taken', async t => {
  const { world, loads, last, move } = drivenWorld()
  const held = memo(world)
  const late = t.rejects(Promise.resolve(held.get('a', 500)), { message: 'a took over 500 ms' })
  await move(500)
  await late
  await last().give('v')
  t.strictSame(await held.get('a', limitMs), { value: 'v' })
  t.equal(loads.length, 1)
})

t.test('a limit that comes while a usable value is held is a stale answer, not an error', async t => {
  const { world, last, move } = drivenWorld()
  const held = memo(world)
  const first = held.get('a', limitMs)
  await last().give('old')
  await first
  await move(100)
  const second = held.get('a', 500)
  await move(500)
  t.match(await second, { value: 'old', stale: { message: 'a took over 500 ms' } })
})

t.test('entries tell what is held and the last error', async t => {
  const { world, loads } = drivenWorld()
  const held = memo(world)
  const [a, b] = [held.get('a', limitMs), t.rejects(Promise.resolve(held.get('b', limitMs)), { message: 'x' })]
  await loads[0]?.give('v')
  await loads[1]?.fail(new Error('x'))
  await Promise.all([a, b])
  t.match(
    [...held.entries()],
    [
      { key: 'a', held: { value: 'v', loadedAtMs: 0 } },
      { key: 'b', error: { message: 'x' } },
    ],
  )
})

t.test('keys in use are renewed in the background; those that nobody asked for in 12 h are forgotten', async t => {
  const { world, loads, last, move } = drivenWorld({ freshMs: inUseMs / 2 })
  const held = memo(world)
  const first = held.get('a', limitMs)
  await last().give('v')
  await first
  held.renew()
  t.equal(loads.length, 1, 'a fresh one is not')
  await move(inUseMs)
  held.renew()
  held.renew()
  t.equal(loads.length, 2, 'one that is not fresh is, once')
  await last().give('w')
  await move(1)
  held.renew()
  t.strictSame([...held.entries()], [])
  await move(inUseMs)
  held.renew()
  t.equal(loads.length, 2)
})

t.test('a background renewal that fails is no unhandled rejection, and its error can be told', async t => {
  const unhandled: unknown[] = []
  const listen = (error: unknown) => unhandled.push(error)
  process.on('unhandledRejection', listen)
  t.teardown(() => process.off('unhandledRejection', listen))
  const { world, last, move } = drivenWorld()
  const held = memo(world)
  const first = held.get('a', limitMs)
  await last().give('v')
  await first
  await move(100)
  held.renew()
  await last().fail(new Error('AWS is down'))
  await settled()
  t.match([...held.entries()], [{ error: { message: 'AWS is down' } }])
  t.strictSame(unhandled, [])
})

t.test('what is held and fresh is given at once, not in a promise: an admission then waits for nothing', async t => {
  const { world, last } = drivenWorld()
  const held = memo(world)
  const first = held.get('a', limitMs)
  t.ok(first instanceof Promise)
  await last().give('v')
  await first
  t.strictSame(held.get('a', limitMs), { value: 'v' })
})
