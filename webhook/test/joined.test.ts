import t from 'tap'
import { joined } from '../src/joined.ts'

function destination() {
  const written: string[] = []
  return { written, write: (text: string) => written.push(text), flushSync: () => written.push('flushed') }
}

t.test('lines go on one by one, those of one piece of work as one text', t => {
  const to = destination()
  const { write, together, flushSync } = joined(to)
  write('a\n')
  together(() => ['b\n', 'c\n'].forEach(write))
  write('d\n')
  flushSync()
  t.strictSame(to.written, ['a\n', 'b\nc\n', 'd\n', 'flushed'])
  t.end()
})

t.test('lines of a piece of work that fails are not lost', t => {
  const to = destination()
  const { write, together } = joined(to)
  t.throws(() =>
    together(() => {
      write('a\n')
      throw new Error('mistake')
    }),
  )
  write('b\n')
  t.strictSame(to.written, ['a\n', 'b\n'])
  t.end()
})
