import t from 'tap'
import { slowest } from '../slowest.ts'

const output = `TAP version 14
# Subtest: webhook/test/a.test.ts
    ok 1 - webhook/test/not-a-file.test.ts # time=99999.9ms
    1..1
ok 1 - webhook/test/a.test.ts # time=670.035ms
not ok 2 - webhook/test/b.test.ts # time=61234.5ms
  ---
  ...
ok 3 - webhook/test/c.test.ts # time=1500ms {
}
`

t.test('the files of a run are listed with their seconds, the slowest first, passed or failed', async t => {
  t.same(slowest(output), [
    '   61.2 s  webhook/test/b.test.ts',
    '    1.5 s  webhook/test/c.test.ts',
    '    0.7 s  webhook/test/a.test.ts',
    '   63.4 s  all 3 files',
  ])
})

t.test('of many files ten are listed, and of one file none', async t => {
  const many = Array.from({ length: 30 }, (_, at) => `ok ${at} - ${at}.test.ts # time=${at}000ms\n`).join('')
  t.equal(slowest(many).length, 11)
  t.equal(slowest(many).at(-1), '  435.0 s  all 30 files')
  t.same(slowest('ok 1 - a.test.ts # time=1ms\n'), [])
})
