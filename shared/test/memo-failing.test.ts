import t from 'tap'
import { backoffBaseMs, backoffCapMs, memo, patienceMs } from '../src/memo.ts'
import { drivenWorld, settled } from './driven-world.ts'

const limitMs = 9_000
const down = new Error('AWS is down')

/** A memo that holds `old`, whose first renewal has just failed, at an age of so many milliseconds. */
async function failing(ageMs: number, options: Parameters<typeof drivenWorld>[0] = {}) {
  const driven = drivenWorld({ freshMs: 100, goodMs: 100_000, usableMs: 200_000, ...options })
  const held = memo(driven.world)
  const first = held.get('a', limitMs)
  await driven.last().give('old')
  await first
  await driven.move(ageMs)
  const second = Promise.resolve(held.get('a', limitMs)).catch(error => error)
  await driven.last().fail(down)
  return { ...driven, held, second: await second }
}

t.test('while AWS fails, an ageing value is served as stale, at once', async t => {
  const { held, second, loads } = await failing(500)
  t.strictSame(second, { value: 'old', stale: down })
  t.strictSame(await held.get('a', limitMs), { value: 'old', stale: down })
  t.equal(loads.length, 1 + 1, 'and the next try waits for its back-off')
})

t.test('while AWS fails, a waning value is served as stale once patience is over', async t => {
  const { held, move } = await failing(150_000, { random: 1 })
  const third = held.get('a', limitMs)
  await move(patienceMs)
  t.match(await third, { value: 'old', stale: { message: `a took over ${patienceMs} ms` } })
})

t.test('patience never outlasts the limit of who asks', async t => {
  const { held, move } = await failing(150_000, { random: 1 })
  const third = held.get('a', 1_000)
  await move(1_000)
  t.match(await third, { value: 'old', stale: { message: 'a took over 1000 ms' } })
})

t.test('a waning value gives way to a new one that comes in time', async t => {
  const { held, move, last } = await failing(150_000)
  const third = held.get('a', limitMs)
  await move(backoffCapMs)
  await last().give('new')
  t.strictSame(await third, { value: 'new' })
})

t.test('a spent value is never served', async t => {
  const { second } = await failing(200_000)
  t.equal(second, down)
})

t.test('a value that is spent while somebody waits is not served either', async t => {
  const { held, move } = await failing(199_000, { random: 1 })
  const third = t.rejects(Promise.resolve(held.get('a', limitMs)), { message: `a took over ${patienceMs} ms` })
  await move(patienceMs)
  await third
})

t.test('a load that succeeds ends the failing', async t => {
  const { held, move, last, loads } = await failing(500)
  void held.get('a', limitMs)
  await move(backoffCapMs)
  await last().give('new')
  t.strictSame(await held.get('a', limitMs), { value: 'new' })
  await move(100)
  const next = held.get('a', limitMs)
  t.equal(loads.length, 4, 'the next renewal has no back-off')
  await last().give('newer')
  t.strictSame(await next, { value: 'newer' })
})

const draws: [about: string, random: number, waits: number[]][] = [
  ['none of it', 0, [0, 0, 0, 0, 0, 0]],
  ['half of it', 0.5, [200, 400, 800, 1_000, 1_000, 1_000]],
  ['all of it', 1, [400, 800, 1_600, 2_000, 2_000, 2_000]],
]

for (const [about, random, waits] of draws) {
  t.test(`retries back off, doubling up to a cap, by a random part: ${about}`, async t => {
    const { world, last, move, slept, loads } = drivenWorld({ random })
    const held = memo(world)
    for (let tries = 1; tries <= 1 + waits.length; tries += 1) {
      const ask = t.rejects(Promise.resolve(held.get('a', 60_000)), down)
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
  const held = memo(world)
  const first = t.rejects(Promise.resolve(held.get('a', limitMs)), down)
  await last().fail(down)
  await first
  const asks = Array.from({ length: 100 }, () => held.get('a', limitMs))
  await settled()
  t.equal(loads.length, 1)
  await move(backoffBaseMs * 2)
  t.equal(loads.length, 2)
  await last().give('v')
  t.equal(new Set((await Promise.all(asks)).map(({ value }) => value)).size, 1)
})

t.test('the back-off is short enough to be waited out within an admission', async t => {
  t.ok(backoffCapMs < patienceMs && patienceMs < limitMs)
})
