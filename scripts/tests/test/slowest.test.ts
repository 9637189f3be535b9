import t from 'tap'
import { slowest } from '../slowest.ts'

const [a, b, c] = [
  { name: 'a.test.ts', seconds: 0.67 },
  { name: 'b.test.ts', seconds: 61.2345 },
  { name: 'c.test.ts', seconds: 1.5 },
]

t.test('the files of a run are listed with their seconds, the slowest first', async t => {
  t.same(slowest([a, b, c]), ['   61.2 s  b.test.ts', '    1.5 s  c.test.ts', '    0.7 s  a.test.ts', '   63.4 s  all 3 files'])
})

t.test('at most ten files are listed, and none for a single file', async t => {
  const many = Array.from({ length: 30 }, (_, at) => ({ name: `${at}.test.ts`, seconds: at }))
  t.equal(slowest(many).length, 11)
  t.equal(slowest(many).at(-1), '  435.0 s  all 30 files')
  t.same(slowest([a]), [])
})
