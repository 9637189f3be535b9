import { exampleStatus, nowMs, statusExample } from '@ecr-anywhere/scripts/docs/operations/status-example.ts'
import t from 'tap'
import { statusText } from '../../src/status/status-text.ts'
import { paintWith } from '../../src/terminal/paint.ts'

const plain = paintWith(false)

for (const [columns, wide] of [
  [80, false],
  [120, false],
  [120, true],
] as const) {
  t.test(`on a terminal of ${columns} columns, no line of a ${wide ? 'wide ' : ''}table is longer`, async t => {
    const lines = statusExample({ columns, paint: plain }, wide).split('\n')
    const tables = lines.slice(
      0,
      lines.indexOf(
        '',
        lines.findIndex(line => line.startsWith('JOB ')),
      ),
    )
    t.ok(tables.length > 15)
    t.strictSame(
      tables.filter(line => line.length > columns),
      [],
    )
  })
}

t.test('the Secrets that need attention come first, in red', async t => {
  const text = statusExample({ columns: 120, paint: (text, colour) => `<${colour} ${text}>` })
  const [, ...lines] = text.split('\n')
  t.match(lines[0], /^team-a +mirror +<red Conflict>/)
  t.match(lines[1], /^legacy +regcred +<red Expired> +40m ago/)
  t.match(lines[2], /^shop +registry +<green Fresh>/)
  t.match(lines[3], /^team-a +pull +<yellow Due>/)
})

t.test('at 80 columns the registries are shortened, not the states', async t => {
  const text = statusExample({ columns: 80, paint: plain })
  t.match(text, /^shop +registry +Fresh +in 10h25m +1h35m ago +1234567\S+… +/m)
})

t.test('several clusters are one table, in which one that cannot be read has a line', async t => {
  const screen = { columns: undefined, paint: plain }
  const text = statusText([exampleStatus, { context: 'gone', error: 'found nothing' }], { wide: false, nowMs, screen, where: '' })
  t.match(text, /^CONTEXT +NAMESPACE +NAME/)
  t.match(text, /^production +shop +registry/m)
  t.match(text, /^production: The latest run of refresh failed: 1 Secret was not renewed/m)
  t.match(text, /^gone: found nothing$/m)
})

t.test('without Secrets, the text says where it looked', async t => {
  const screen = { columns: undefined, paint: plain }
  t.equal(
    statusText([{ ...exampleStatus, secrets: [], runs: [] }], { wide: false, nowMs, screen, where: 'in x' }),
    'No managed Secrets in x.\n',
  )
})
