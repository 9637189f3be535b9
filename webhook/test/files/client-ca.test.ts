import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t from 'tap'
import { type ClientCa, parseClientCa, serveClientCa } from '../../src/files/client-ca.ts'
import { mint } from './pairs.ts'

const [first, second] = await Promise.all([mint({ name: 'first-ca' }), mint({ name: 'second-ca' })])

const subjects = ({ authorities }: ClientCa) => authorities.map(({ subject }) => subject)

t.test('all certificates of a file count, whatever stands between them', async t => {
  t.strictSame(subjects(parseClientCa(first.cert)), ['CN=first-ca'])
  t.strictSame(subjects(parseClientCa(`# the first\n${first.cert}\n# the second\r\n${second.cert}`)), ['CN=first-ca', 'CN=second-ca'])
})

for (const [about, pem] of [
  ['an empty file', ''],
  ['a key', first.key],
  ['half a certificate', first.cert.slice(0, 200)],
  ['a certificate that does not parse', first.cert.replace(/\n[A-Za-z0-9]{20}/, '\nAAAAAAAAAAAAAAAAAAAA')],
  ['a good one and a bad one', `${first.cert}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`],
] as const) {
  t.test(`${about} is no client CA, and is not quoted`, async t => {
    t.throws(() => parseClientCa(pem), { kind: 'settings', message: /^(?![\s\S]*-----)[\s\S]*wanted one or more certificates in PEM/ })
  })
}

t.test('the file is read again when it changes; what cannot be used is reported, and the one before counts on', async t => {
  const file = join(t.testdir(), 'ca.crt')
  const taken: string[][] = []
  const problems: string[] = []
  const stop = await serveClientCa({ file, onCa: ca => taken.push(subjects(ca)), onProblem: problem => problems.push(problem) })
  t.teardown(stop)
  t.match(problems, [/ENOENT/])
  await writeFile(file, first.cert)
  await until('it is read', () => taken.length === 1)
  await writeFile(file, 'nonsense')
  await until('it is reported', () => problems.some(problem => problem.includes('a client CA file of 8 characters')))
  await writeFile(file, `${first.cert}${second.cert}`)
  await until('it is read again', () => taken.length === 2)
  t.strictSame(taken, [['CN=first-ca'], ['CN=first-ca', 'CN=second-ca']])
})
