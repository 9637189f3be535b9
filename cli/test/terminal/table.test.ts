import t from 'tap'
import { paintWith } from '../../src/terminal/paint.ts'
import { screenOf } from '../../src/terminal/screen.ts'
import { shortTime } from '../../src/terminal/short-time.ts'
import { table } from '../../src/terminal/table.ts'

const plain = { columns: undefined, paint: paintWith(false) }
const columns = [{ title: 'NAME', min: 6 }, { title: 'STATE' }, { title: 'HOSTS', min: 8 }]
const rows = [
  ['a', { text: 'Fresh', colour: 'green' as const }, '123456789012.dkr.ecr.us-east-1.amazonaws.com'],
  ['a-longer-name', 'Due', '-'],
]

t.test('in a pipe, each column is as wide as its widest cell', async t => {
  t.strictSame(table(columns, rows, plain), [
    'NAME           STATE  HOSTS',
    'a              Fresh  123456789012.dkr.ecr.us-east-1.amazonaws.com',
    'a-longer-name  Due    -',
  ])
  t.strictSame(table(columns, [], plain), ['NAME  STATE  HOSTS'])
})

for (const [width, expected] of [
  [60, ['NAME           STATE  HOSTS', 'a              Fresh  123456789012.dkr.ecr.us-east-1.amazon…', 'a-longer-name  Due    -']],
  [30, ['NAME       STATE  HOSTS', 'a          Fresh  123456789012…', 'a-longer-…  Due   -']],
  [10, ['NAME    STATE  HOSTS', 'a       Fresh  1234567…', 'a-lon…  Due    -']],
] as const) {
  t.test(`on a screen of ${width} columns, the widest elastic column is shortened first, and none below its minimum`, async t => {
    const lines = table(columns, rows, { ...plain, columns: width })
    if (width > 10)
      t.ok(
        lines.every(line => line.length <= width),
        lines.join('\n'),
      )
    if (width !== 30) t.strictSame(lines, expected)
  })
}

t.test('colours do not change the layout', async t => {
  const [, first] = table(columns, rows, { ...plain, paint: paintWith(true) })
  t.equal(first, 'a              \u001B[32mFresh\u001B[0m  123456789012.dkr.ecr.us-east-1.amazonaws.com')
})

for (const [about, stream, env, coloured, width] of [
  ['a terminal', { isTTY: true, columns: 80 }, {}, true, 80],
  ['a terminal with NO_COLOR', { isTTY: true, columns: 80 }, { NO_COLOR: '1' }, false, 80],
  ['a dumb terminal', { isTTY: true, columns: 80 }, { TERM: 'dumb' }, false, 80],
  ['a pipe', { columns: 80 }, {}, false, undefined],
] as const) {
  t.test(`${about} has ${coloured ? '' : 'no '}colours`, async t => {
    const { paint, columns: found } = screenOf(stream, env)
    t.equal(paint('a', 'red') !== 'a', coloured)
    t.equal(found, width)
  })
}

for (const [ms, text] of [
  [0, '0s'],
  [-5, '0s'],
  [45_900, '45s'],
  [60_000, '1m'],
  [1_139_000, '18m'],
  [3_600_000, '1h'],
  [42_120_000, '11h42m'],
  [90_000_000, '1d1h'],
  [864_000_000, '10d'],
] as const) {
  t.test(`${ms} ms are shown as ${text}`, async t => t.equal(shortTime(ms), text))
}
