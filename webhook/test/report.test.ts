import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import type { Result } from '../src/inject.ts'
import { type Came, reporter } from '../src/report.ts'
import { deny } from '../src/review.ts'

const reply = deny('1', new Fault('input', { found: 'a', wanted: 'b', todo: 'C.' }))

/** All that is said, in order, and the turns of the event loop that are waited for. */
function listening() {
  const said: unknown[] = []
  const turns: (() => void)[] = []
  const at = (level: string) => (fields: object, message: string) => said.push([level, fields, message])
  const report = reporter({
    logger: { info: at('info'), warn: at('warn'), error: at('error') } as never,
    together: work => {
      said.push('together')
      work()
    },
    count: (labels, seconds) => said.push([labels, seconds]),
    later: flush => turns.push(flush),
  })
  return { said, turns, report }
}

const came = (result: Result, operation?: string): Came => ({
  admission: { reply, result, record: { uid: result, tenant: 'default', why: 'so', ...(operation && { operation }) } },
  ms: 1.23456,
})

t.test('admissions of one turn are counted, then logged in one piece, once the turn is over', async t => {
  const { said, turns, report } = listening()
  report(came('injected', 'CREATE'))
  report(came('denied'))
  t.strictSame([said, turns.length], [[], 1])
  turns[0]?.()
  t.strictSame(said, [
    [{ tenant: 'default', operation: 'CREATE', result: 'injected' }, 0.00123456],
    [{ tenant: 'default', operation: 'unknown', result: 'denied' }, 0.00123456],
    'together',
    ['info', { uid: 'injected', tenant: 'default', why: 'so', operation: 'CREATE', result: 'injected', ms: 1.23 }, 'admission'],
    ['warn', { uid: 'denied', tenant: 'default', why: 'so', result: 'denied', ms: 1.23 }, 'admission'],
  ])
})

const levels: [result: Result, level: string][] = [
  ['injected', 'info'],
  ['unchanged', 'info'],
  ['dry_run', 'info'],
  ['skipped', 'info'],
  ['stale', 'warn'],
  ['kept', 'warn'],
  ['denied', 'warn'],
  ['error', 'error'],
]

for (const [result, level] of levels) {
  t.test(`${result} is logged at ${level}`, async t => {
    const { said, turns, report } = listening()
    report(came(result))
    turns[0]?.()
    t.match(said.at(-1), [level, { result }])
  })
}
