import { cacheWith, drivenWorld, settled } from '@ecr-anywhere/scripts/testbed/driven-world.ts'
import t from 'tap'
import { cache, hopelessInUseMs, inUseMs } from '../src/cache.ts'

const limitMs = 10_000

t.test('keys in use are renewed in the background, and keys without a request in 12 h are removed', async t => {
  const { cached, loads, last, move } = await cacheWith('v', { freshMs: inUseMs / 2, goodMs: 2 * inUseMs, usableMs: 2 * inUseMs })
  cached.renew()
  t.equal(loads.length, 1, 'a fresh value is not renewed')
  await move(inUseMs)
  cached.renew()
  cached.renew()
  t.equal(loads.length, 2, 'a value that is not fresh is renewed once')
  await last().give('w')
  await move(1)
  cached.renew()
  t.strictSame([...cached.entries()], [])
  await move(inUseMs)
  cached.renew()
  t.equal(loads.length, 2)
})

t.test('a failed background renewal causes no unhandled rejection, and its error can be reported', async t => {
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

t.test('a key without a usable value is removed an hour after its last request', async t => {
  const { world, last, move } = drivenWorld({ random: 0 })
  const cached = cache(world)
  const request = t.rejects(Promise.resolve(cached.get('a', limitMs)), { message: 'refused' })
  await last().fail(new Error('refused'))
  await request
  await move(hopelessInUseMs)
  cached.renew()
  await last().fail(new Error('refused'))
  t.match([...cached.entries()], [{ key: 'a' }])
  await move(1)
  cached.renew()
  t.strictSame([...cached.entries()], [])
})

t.test('a watched key is loaded at once and always renewed, even without requests', async t => {
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

t.test('requests for a watched key during its first load share that load', async t => {
  const { world, loads, last } = drivenWorld()
  const cached = cache(world)
  cached.watch('a')
  const requests = Array.from({ length: 100 }, () => cached.get('a', limitMs))
  await last().give('v')
  for (const answer of await Promise.all(requests)) t.strictSame(answer, { value: 'v' })
  t.equal(loads.length, 1)
})

t.test('a watched key that fails is retried and never removed', async t => {
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
