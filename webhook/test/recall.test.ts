import t from 'tap'
import { maxRecalledLength, recall } from '../src/recall.ts'

function counted(size: number) {
  let calls = 0
  const join = recall((...parts: string[]) => {
    calls += 1
    return parts.join('+')
  }, size)
  return { join, calls: () => calls }
}

t.test('the same arguments are worked out once', async t => {
  const { join, calls } = counted(2)
  t.strictSame([join('a', 'b'), join('a', 'b'), calls()], ['a+b', 'a+b', 1])
})

t.test('more, fewer and other arguments are other calls', async t => {
  const { join, calls } = counted(8)
  t.strictSame([join('a', 'b'), join('a'), join('a', 'b', ''), join('b', 'a'), calls()], ['a+b', 'a', 'a+b+', 'b+a', 4])
})

t.test('only the last few are kept', async t => {
  const { join, calls } = counted(2)
  for (const text of ['a', 'b', 'c', 'a']) join(text)
  t.equal(calls(), 4)
})

t.test('long texts are not kept', async t => {
  const { join, calls } = counted(2)
  for (let times = 0; times < 2; times += 1) join('x'.repeat(maxRecalledLength + 1))
  t.equal(calls(), 2)
})

t.test('what is thrown is not kept', async t => {
  let calls = 0
  const failing = recall((text: string) => {
    calls += 1
    if (calls === 1) throw new Error('once')
    return text
  }, 2)
  t.throws(() => failing('a'), { message: 'once' })
  t.equal(failing('a'), 'a')
})
