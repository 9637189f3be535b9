import t from 'tap'
import { exitCode, Fault, sentence } from '../src/fault.ts'

const text = { found: 'a', wanted: 'b', todo: 'Do c.' }

t.test('a fault says what was found, what was wanted, what to do, and keeps its cause', async t => {
  const cause = new Error('why')
  const fault = new Fault('input', { ...text, cause })
  t.match(fault, { name: 'Fault', kind: 'input', code: 'input', message: 'found a; wanted b. Do c.' })
  t.equal(fault.cause, cause)
  t.equal(new Fault('transient', { ...text, code: 'AccessDenied' }).code, 'AccessDenied')
})

t.test('only a fault of the settings ends the process with 2', async t => {
  t.equal(exitCode(new Fault('settings', text)), 2)
  for (const error of [new Fault('input', text), new Fault('transient', text), new Error('x'), 'x', undefined]) t.equal(exitCode(error), 1)
})

const secret = 'hunter2'
const others: [about: string, error: unknown, said: string][] = [
  ['an error', new Error(secret), 'Error'],
  ['an error with a code', Object.assign(new Error(secret), { code: 'ENOENT' }), 'Error (ENOENT)'],
  ['an error with a code that is no text', Object.assign(new TypeError(secret), { code: { secret } }), 'TypeError'],
  ['a text', secret, 'string'],
  ['nothing', undefined, 'undefined'],
]

for (const [about, error, said] of others) {
  t.test(`${about} that is not ours is named without its text, which may quote data`, async t => t.equal(sentence(error), said))
}
