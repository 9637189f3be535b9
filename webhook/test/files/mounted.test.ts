import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { mounted } from '../../src/files/mounted.ts'
import { notReadyReason, readiness } from '../../src/readiness.ts'
import { mint } from './pairs.ts'

const [pair, ca, nextCa] = await Promise.all([mint(), mint({ name: 'client-ca' }), mint({ name: 'next-ca' })])
const ticket = 'x'.repeat(32)

/** Watches the files of a webhook with two tenants, as `main.ts` does. The files do not exist yet. */
async function watched(t: Test, { mtls = false, tickets = false } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-mounted-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  for (const folder of ['certs', 'ca', 'tickets']) await mkdir(join(dir, folder))
  const write = (name: string, text: string) => writeFile(join(dir, name), text)
  const files = mounted({
    settings: {
      CERT_FILE: join(dir, 'certs/tls.crt'),
      KEY_FILE: join(dir, 'certs/tls.key'),
      ...(mtls ? { CLIENT_CA_FILE: join(dir, 'ca/ca.crt') } : {}),
      ...(tickets ? { ATTESTATION_DIR: join(dir, 'tickets') } : {}),
    },
    nowMs: Date.now,
    logger: pino({ level: 'silent' }),
  })
  const served: (string | undefined)[] = []
  await files.watch((_pair, clientCa) => served.push(clientCa?.pem))
  const judge = readiness(['default', 'team-a'])
  const why = () => notReadyReason(judge({ draining: false, ...files.parts() }, Date.now()))
  const writePair = async () => {
    await write('certs/tls.key', pair.key)
    await write('certs/tls.crt', pair.cert)
  }
  return { files, served, why, write, writePair, dir }
}

t.test('with attestation off, the webhook is ready as soon as it has a serving certificate', async t => {
  const { files, served, why, writePair } = await watched(t)
  t.match(why(), /no serving certificate/)
  t.equal(files.tickets(), undefined)
  await writePair()
  await until('the webhook is ready', () => why() === undefined)
  t.strictSame(served, [undefined])
})

t.test('with attestation mtls, the webhook needs the client CA to be ready, and uses a new CA without a restart', async t => {
  const { served, why, write, writePair } = await watched(t, { mtls: true })
  await writePair()
  await until('the serving certificate is read', () => why()?.includes('CLIENT_CA_FILE'))
  t.strictSame(served, [])
  await write('ca/ca.crt', ca.cert)
  await until('the webhook is ready', () => why() === undefined)
  t.strictSame(served, [ca.cert])
  await write('ca/ca.crt', 'nonsense')
  await write('ca/ca.crt', nextCa.cert)
  await until('the new CA is used', () => served.at(-1) === nextCa.cert)
  t.notOk(served.includes('nonsense'))
})

t.test('with tickets, the webhook is ready once each tenant has one, and becomes not ready only if all of them disappear', async t => {
  const { files, why, write, writePair, dir } = await watched(t, { tickets: true })
  await writePair()
  await until('the serving certificate is read', () => why()?.includes('ATTESTATION_DIR'))
  t.match(why(), /^no ticket of tenant default, team-a in ATTESTATION_DIR/)
  await write('tickets/default', ticket)
  await until('the first ticket is read', () => why()?.startsWith('no ticket of tenant team-a in'))
  await write('tickets/team-a', ticket)
  await until('the webhook is ready', () => why() === undefined)
  await rm(join(dir, 'tickets/team-a'))
  await until('the ticket is removed', () => !files.tickets()?.has('team-a'))
  t.equal(why(), undefined)
  await rm(join(dir, 'tickets/default'))
  await until('the webhook is not ready', () => why()?.startsWith('no ticket of tenant default, team-a in'))
})
