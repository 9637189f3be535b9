import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import type { Admission } from '../../src/admission/admit.ts'
import type { Result } from '../../src/admission/fill.ts'
import { logAndCount } from '../../src/admission/log-and-count.ts'
import { deny } from '../../src/admission/reply.ts'

const reply = deny('1', new Fault('input', { found: 'a', wanted: 'b', todo: 'C.' }))

/** Everything that is counted and logged for an admission, in order. */
function reported(admission: Admission): unknown[] {
  const recorded: unknown[] = []
  const at = (level: string) => (fields: object, message: string) => recorded.push([level, fields, message])
  const logger = { info: at('info'), warn: at('warn'), error: at('error') } as never
  logAndCount({ logger, count: (labels, seconds) => recorded.push([labels, seconds]) }, admission, 1.23456)
  return recorded
}

const admissionOf = (result: Result, operation?: string): Admission => ({
  reply,
  result,
  record: { uid: result, tenant: 'default', why: 'so', ...(operation && { operation }) },
})

t.test('an admission is counted and then logged before the function returns', async t => {
  t.strictSame(reported(admissionOf('injected', 'CREATE')), [
    [{ tenant: 'default', operation: 'CREATE', result: 'injected' }, 0.00123456],
    ['info', { uid: 'injected', tenant: 'default', why: 'so', operation: 'CREATE', result: 'injected', ms: 1.23 }, 'admission'],
  ])
})

t.test('a review that is denied before its operation is known is counted under operation unknown', async t => {
  t.strictSame(reported(admissionOf('denied')), [
    [{ tenant: 'default', operation: 'unknown', result: 'denied' }, 0.00123456],
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
    t.match(reported(admissionOf(result)).at(-1), [level, { result }])
  })
}
