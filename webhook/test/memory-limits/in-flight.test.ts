import t from 'tap'
import { inFlight, smallBytes } from '../../src/memory-limits/in-flight.ts'

const unit = smallBytes * 2
const max = 4 * unit

/** Creates senders by name. @returns also the names of those that were cut off or wait, in order */
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

t.test('above the limit the sender that began first is cut off, and at the limit none is', async t => {
  const { sender, cut, waiting } = started()
  const [a, b, c] = ['a', 'b', 'c'].map(name => sender(name))
  b?.add(2 * unit)
  a?.add(2 * unit)
  t.strictSame(cut, [])
  c?.add(1)
  t.strictSame(cut, ['a'], 'a began first, although it sent last')
  c?.add(2 * unit)
  t.strictSame(cut, ['a', 'b'])
  t.strictSame(waiting, [])
})

t.test('as many senders as necessary are cut off, including the new one if it exceeds the limit alone', async t => {
  const { sender, cut } = started()
  for (const name of ['a', 'b', 'c']) sender(name).add(unit)
  sender('d').add(max + 1)
  t.strictSame(cut, ['a', 'b', 'c', 'd'])
})

t.test('bytes that were released or cut off are no longer counted', async t => {
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
  t.strictSame(cut, ['b'], 'bytes that arrive after the cut are not counted')
})

t.test('a sender with few bytes is not cut off, so that a normal review always passes', async t => {
  const { sender, cut, waiting } = started()
  sender('small').add(smallBytes)
  sender('large').add(max)
  t.strictSame([cut, waiting], [['large'], []])
})

t.test('trusted senders are never cut off: untrusted ones are cut off first, and then all but the oldest wait', async t => {
  const { sender, cut, waiting } = started()
  const [a, b, c] = ['a', 'b', 'c'].map(name => sender(name, { trusted: true }))
  sender('stranger').add(unit)
  a?.add(2 * unit)
  b?.add(2 * unit)
  t.strictSame([cut, waiting], [['stranger'], []])
  a?.add(1)
  t.strictSame(waiting, [], 'the oldest continues, so that there is progress')
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

t.test('a sender that is released no longer waits', async t => {
  const { sender, waiting } = started()
  sender('a', { trusted: true }).add(max)
  const b = sender('b', { trusted: true })
  b.add(unit)
  t.strictSame(waiting, ['b'])
  b.release()
  await settled()
  t.strictSame(waiting, [])
})
