import t from 'tap'
import { inFlight, smallBytes } from '../../src/memory-limits/in-flight.ts'

const unit = smallBytes * 2
const max = 4 * unit

/** Senders by name, and who was cut off, in order. */
function started() {
  const hold = inFlight(max)
  const cut: string[] = []
  const waiting: string[] = []
  const sender = (name: string, { trusted = false } = {}) => {
    const held = hold({ trusted, cut: () => cut.push(name) })
    const add = (bytes: number) => {
      const room = held.add(bytes)
      if (room === undefined) return
      waiting.push(name)
      void room.then(() => waiting.splice(waiting.indexOf(name), 1))
    }
    return { add, release: held.release }
  }
  return { sender, cut, waiting }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

t.test('above the bound whoever began first is cut off, and nobody at the bound', async t => {
  const { sender, cut, waiting } = started()
  const [a, b, c] = ['a', 'b', 'c'].map(name => sender(name))
  b?.add(2 * unit)
  a?.add(2 * unit)
  t.strictSame(cut, [])
  c?.add(1)
  t.strictSame(cut, ['a'], 'a began first, though it sent last')
  c?.add(2 * unit)
  t.strictSame(cut, ['a', 'b'])
  t.strictSame(waiting, [])
})

t.test('as many are cut off as it takes, at last the one that goes too far by itself', async t => {
  const { sender, cut } = started()
  for (const name of ['a', 'b', 'c']) sender(name).add(unit)
  sender('d').add(max + 1)
  t.strictSame(cut, ['a', 'b', 'c', 'd'])
})

t.test('what was given back, or cut off, counts no longer', async t => {
  const { sender, cut } = started()
  const a = sender('a')
  a.add(max)
  a.release()
  a.release()
  const b = sender('b')
  b.add(max)
  t.strictSame(cut, [])
  sender('c').add(max)
  t.strictSame(cut, ['b'])
  b.add(max)
  b.release()
  t.strictSame(cut, ['b'], 'what still arrives of it is nobody’s')
})

t.test('who holds little is not cut off: a usual review passes, whatever others do', async t => {
  const { sender, cut, waiting } = started()
  sender('small').add(smallBytes)
  sender('large').add(max)
  t.strictSame([cut, waiting], [['large'], []])
})

t.test('trusted senders are never cut off: those who are not go first, then all but the oldest wait', async t => {
  const { sender, cut, waiting } = started()
  const [a, b, c] = ['a', 'b', 'c'].map(name => sender(name, { trusted: true }))
  sender('stranger').add(unit)
  a?.add(2 * unit)
  b?.add(2 * unit)
  t.strictSame([cut, waiting], [['stranger'], []])
  a?.add(1)
  t.strictSame(waiting, [], 'the oldest goes on, or nobody would ever')
  b?.add(1)
  c?.add(unit)
  t.strictSame(waiting, ['b', 'c'])
  sender('a small one', { trusted: true }).add(1000)
  t.strictSame(waiting, ['b', 'c'])
  a?.release()
  await settled()
  t.strictSame(waiting, ['c'])
  b?.release()
  await settled()
  t.strictSame([cut, waiting], [['stranger'], []])
})

t.test('who waits and goes away waits no longer', async t => {
  const { sender, waiting } = started()
  sender('a', { trusted: true }).add(max)
  const b = sender('b', { trusted: true })
  b.add(unit)
  t.strictSame(waiting, ['b'])
  b.release()
  await settled()
  t.strictSame(waiting, [])
})
