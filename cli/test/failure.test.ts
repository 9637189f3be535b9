import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { failureText, operatorFailureText, usageText } from '../src/failure.ts'

const fault = new Fault('settings', { found: 'a:\n  - "b"', wanted: 'c', todo: 'Do d.' })
const message = 'found a:\n  - "b"; wanted c. Do d.'

const json = [
  ['--output', 'json'],
  ['--output=json'],
  ['--output', 'text', '--output', 'json'],
  ['--output=text', '--output=json', '--force'],
  ['-o', 'json'],
  ['-ojson'],
  ['-o', 'yaml'],
]
const text = [
  [],
  ['--output', 'text'],
  ['--output'],
  ['json'],
  ['--output', 'json', '--output', 'text'],
  ['--output=json', '--output=xml'],
  ['--outputs=json'],
  ['-o', 'wide'],
  ['--other=json'],
]

for (const args of json) {
  t.test(`with ${args.join(' ')} an error is one JSON document of one line`, async t => {
    for (const given of [failureText(fault, ['refresh', ...args]), usageText(message, ['refresh', ...args]) ?? '']) {
      t.notMatch(given, '\n')
      t.strictSame(JSON.parse(given), { error: message })
    }
    t.equal(usageText("error: unknown option '--sing'", args), '{"error":"unknown option \'--sing\'"}')
  })
}

for (const args of text) {
  t.test(`with ${args.join(' ') || 'no flags'} an error is one sentence, and wrong usage is reported on stderr`, async t => {
    t.equal(failureText(fault, ['refresh', ...args]), `ecr-anywhere: ${message}`)
    t.equal(usageText(message, ['refresh', ...args]), undefined)
  })
}

t.test('an unexpected error is named and not quoted', async t => {
  t.equal(failureText(new TypeError('hunter2'), []), 'ecr-anywhere: TypeError')
  t.equal(failureText(Object.assign(new Error('hunter2'), { code: 'ENOENT' }), ['--output', 'json']), '{"error":"Error (ENOENT)"}')
})

t.test('an unexpected error of a command for operators says how to see more', async t => {
  t.equal(
    operatorFailureText(new TypeError('hunter2'), []),
    'ecr-anywhere: TypeError was not expected here. Run it again with --debug, which prints the stack trace.',
  )
  t.equal(operatorFailureText(new TypeError('hunter2'), ['-o', 'json']), '{"error":"TypeError"}')
  t.equal(operatorFailureText(fault, []), `ecr-anywhere: ${message}`)
})
