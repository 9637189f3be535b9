import t from 'tap'
import { exitCode, Fault, sentence } from '../src/fault.ts'

const text = { found: 'a', wanted: 'b', todo: 'Do c.' }

t.test('a fault contains what was found, what is expected, what to do, and its cause', async t => {
  const cause = new Error('why')
  const fault = new Fault('input', { ...text, cause })
  t.match(fault, { name: 'Fault', kind: 'input', code: 'input', message: 'found a; wanted b. Do c.' })
  t.equal(fault.cause, cause)
  t.equal(new Fault('transient', { ...text, code: 'AccessDenied' }).code, 'AccessDenied')
})

t.test('control characters of what a message quotes are escaped, and lines and tabs stay', async t => {
  const { message } = new Fault('input', { ...text, found: 'a\x1b[31m\x9b2J\x07\r\n\tü' })
  t.equal(message, 'found a\\u001b[31m\\u009b2J\\u0007\\u000d\n\tü; wanted b. Do c.')
})

t.test('only a settings fault has exit code 2', async t => {
  t.equal(exitCode(new Fault('settings', text)), 2)
  for (const error of [new Fault('input', text), new Fault('transient', text), new Error('x'), 'x', undefined]) t.equal(exitCode(error), 1)
})

const secret = 'hunter2'
const others: [about: string, error: unknown, expected: string][] = [
  ['an error', new Error(secret), 'Error'],
  ['an error with a code', Object.assign(new Error(secret), { code: 'ENOENT' }), 'Error (ENOENT)'],
  ['an error with a code that is not a string', Object.assign(new TypeError(secret), { code: { secret } }), 'TypeError'],
  ['a string', secret, 'string'],
  ['nothing', undefined, 'undefined'],
]

for (const [about, error, expected] of others) {
  t.test(`${about} that is not a fault is named without its message, which may quote data`, async t => t.equal(sentence(error), expected))
}
