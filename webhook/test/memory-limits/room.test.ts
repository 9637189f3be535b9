import t from 'tap'
import { room } from '../../src/memory-limits/room.ts'

/** A room of size 10. The test decides when the work in it ends. */
function started() {
  const enter = room(10)
  const begun: string[] = []
  const start = (name: string, size: number) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const done = enter(size, () => {
      begun.push(name)
      return promise
    })
    return { done, finish: () => resolve(name), fail: () => reject(new Error(name)) }
  }
  return { begun, start }
}

/** Waits until all pending work has continued. */
const settled = () => new Promise(resolve => setImmediate(resolve))

t.test('work that fits begins at once, and its result is returned', async t => {
  const { begun, start } = started()
  const [a, b] = [start('a', 4), start('b', 6)]
  t.strictSame(begun, ['a', 'b'])
  b.finish()
  a.finish()
  t.strictSame(await Promise.all([a.done, b.done]), ['a', 'b'])
})

t.test('work that does not fit waits in order, and smaller work that fits overtakes it', async t => {
  const { begun, start } = started()
  const first = start('first', 6)
  const [large, larger] = [start('large', 6), start('larger', 9)]
  const small = start('small', 4)
  await settled()
  t.strictSame(begun, ['first', 'small'])
  first.finish()
  await settled()
  t.strictSame(begun, ['first', 'small', 'large'])
  small.finish()
  await settled()
  t.strictSame(begun, ['first', 'small', 'large'], 'larger fits only alone')
  large.finish()
  await settled()
  t.strictSame(begun, ['first', 'small', 'large', 'larger'])
  larger.finish()
  t.equal(await larger.done, 'larger')
})

t.test('several works that fit together begin together', async t => {
  const { begun, start } = started()
  const first = start('first', 10)
  for (const name of ['a', 'b', 'c']) start(name, 4)
  first.finish()
  await settled()
  t.strictSame(begun, ['first', 'a', 'b'])
})

t.test('work that fails releases its room, and its error reaches only its caller', async t => {
  const { begun, start } = started()
  const [first, second] = [start('first', 10), start('second', 10)]
  first.fail()
  await t.rejects(first.done, { message: 'first' })
  await settled()
  t.strictSame(begun, ['first', 'second'])
  second.finish()
  t.equal(await second.done, 'second')
})

t.test('work that is larger than the room runs alone', async t => {
  const { begun, start } = started()
  const small = start('small', 1)
  const huge = start('huge', 11)
  start('after', 1)
  await settled()
  t.strictSame(begun, ['small', 'after'])
  small.finish()
  await settled()
  t.notOk(begun.includes('huge'))
  huge.finish()
})
