import { Readable } from 'node:stream'
import t from 'tap'
import { report } from '../report.ts'

const output = `TAP version 14
1..3
# Subtest: webhook/test/a.test.ts
    # Subtest: what it does
        ok 1 - one
        ok 2 - two
        1..2
    ok 1 - what it does
    ok 2 - what it cannot do here # SKIP no such API
    1..2
ok 1 - webhook/test/a.test.ts # time=670.035ms
# Subtest: webhook/test/b.test.ts
    # Subtest: what it does
        ok 1 - one
        not ok 2 - should be equal
          ---
          diff: |
            -2
            +1
          source: t.equal(1, 2)
          ...
        1..2
    not ok 1 - what it does
    1..1
not ok 2 - webhook/test/b.test.ts # time=61234.5ms
# Subtest: webhook/test/crashed.test.ts
    1..0 # no tests found
not ok 3 - webhook/test/crashed.test.ts # time=20ms
  ---
  exitCode: 7
  ...
`

t.test('the report has a line for each file when it ends, each failure with its reason, and the counts', async t => {
  const printed: string[] = []
  const { passed, failed, files } = await report(Readable.from([output.slice(0, 100), output.slice(100)]), 3, line => printed.push(line))
  t.same({ passed, failed }, { passed: 3, failed: 2 })
  t.same(files, [
    { name: 'webhook/test/a.test.ts', seconds: 0.67 },
    { name: 'webhook/test/b.test.ts', seconds: 61.235 },
    { name: 'webhook/test/crashed.test.ts', seconds: 0.02 },
  ])
  t.same(printed, [
    'skipped  webhook/test/a.test.ts > what it cannot do here: no such API',
    'ok         1/3    0.7 s  webhook/test/a.test.ts: 2 passed, 0 failed',
    'not ok  webhook/test/b.test.ts > what it does > should be equal\n    diff: |\n      -2\n      +1',
    'not ok     2/3   61.2 s  webhook/test/b.test.ts: 1 passed, 1 failed',
    'not ok  webhook/test/crashed.test.ts\n    exitCode: 7',
    'not ok     3/3    0.0 s  webhook/test/crashed.test.ts: 0 passed, 1 failed',
  ])
})

t.test('each file that has not ended is a failure if the output is incomplete', async t => {
  const printed: string[] = []
  t.match(await report(Readable.from([output.slice(0, output.indexOf('# Subtest: webhook/test/b'))]), 3, line => printed.push(line)), {
    passed: 2,
    failed: 2,
  })
  t.equal(printed.at(-1), 'not ok  the output of tap is incomplete: 2 of 3 files have not ended')
})

t.test('files beyond the given number do not hide failures', async t => {
  const { passed, failed } = await report(Readable.from([output]), 1, () => {})
  t.same({ passed, failed }, { passed: 3, failed: 2 })
})
