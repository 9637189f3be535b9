import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t from 'tap'
import { type ClientCa, parseClientCa, serveClientCa } from '../../src/files/client-ca.ts'
import { mint } from './pairs.ts'

const [first, second] = await Promise.all([mint({ name: 'first-ca' }), mint({ name: 'second-ca' })])

const subjects = ({ authorities }: ClientCa) => authorities.map(({ subject }) => subject)

t.test('all certificates of a file are used, whatever text is between them', async t => {
  t.strictSame(subjects(parseClientCa(first.cert)), ['CN=first-ca'])
  t.strictSame(subjects(parseClientCa(`# the first\n${first.cert}\n# the second\r\n${second.cert}`)), ['CN=first-ca', 'CN=second-ca'])
})

for (const [about, pem] of [
  ['an empty file', ''],
  ['a key', first.key],
  ['half a certificate', first.cert.slice(0, 200)],
  ['a certificate that does not parse', first.cert.replace(/\n[A-Za-z0-9]{20}/, '\nAAAAAAAAAAAAAAAAAAAA')],
  ['a valid and an invalid certificate', `${first.cert}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`],
] as const) {
  t.test(`${about} is rejected as a client CA, and the message does not quote it`, async t => {
    t.throws(() => parseClientCa(pem), { kind: 'settings', message: /^(?![\s\S]*-----)[\s\S]*wanted one or more certificates in PEM/ })
  })
}

t.test('the file is read again when it changes, and an unusable file is reported while the previous CA stays in use', async t => {
  const file = join(t.testdir(), 'ca.crt')
  const accepted: string[][] = []
  const problems: string[] = []
  const stop = await serveClientCa({ file, onCa: ca => accepted.push(subjects(ca)), onProblem: problem => problems.push(problem) })
  t.teardown(stop)
  t.match(problems, [/ENOENT/])
  await writeFile(file, first.cert)
  await until('the file is read', () => accepted.length === 1)
  await writeFile(file, 'nonsense')
  await until('the unusable file is reported', () => problems.some(problem => problem.includes('a client CA file of 8 characters')))
  await writeFile(file, `${first.cert}${second.cert}`)
  await until('the file is read again', () => accepted.length === 2)
  t.strictSame(accepted, [['CN=first-ca'], ['CN=first-ca', 'CN=second-ca']])
})
