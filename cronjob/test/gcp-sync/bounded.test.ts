import t from 'tap'
import { bounded } from '../../src/gcp-sync/bounded.ts'

t.test('at most the given number of calls run at the same time, and all run in their order', async t => {
  const started: number[] = []
  const ends: (() => void)[] = []
  const work = bounded(2, (n: number) => {
    started.push(n)
    return new Promise<number>(resolve => ends.push(() => resolve(n)))
  })
  const all = [1, 2, 3, 4].map(n => work(n))
  t.strictSame(started, [1, 2])
  for (const wanted of [3, 4, 4, 4]) {
    ends.shift()?.()
    await new Promise(resolve => setImmediate(resolve))
    t.equal(started.length, wanted)
  }
  t.strictSame(await Promise.all(all), [1, 2, 3, 4])
})

t.test('a call that fails makes room for the next', async t => {
  const work = bounded(1, async (n: number) => {
    if (n === 1) throw new Error('one')
    return n
  })
  const results = await Promise.allSettled([work(1), work(2), work(3)])
  t.strictSame(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled', 'fulfilled'],
  )
})
