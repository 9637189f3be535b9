import t from 'tap'
import { gathered } from '../src/gathered.ts'

t.test('what comes in one turn is done once it is over, in order, and each time anew', async t => {
  const done: number[] = []
  const turns: (() => void)[] = []
  const add = gathered<number>(
    items => done.push(...items),
    flush => turns.push(flush),
  )
  for (const item of [1, 2, 3]) add(item)
  t.strictSame([done, turns.length], [[], 1])
  turns[0]?.()
  t.strictSame(done, [1, 2, 3])
  add(4)
  t.equal(turns.length, 2)
  turns[1]?.()
  t.strictSame(done, [1, 2, 3, 4])
})
