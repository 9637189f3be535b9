import { X509Certificate } from 'node:crypto'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t from 'tap'
import { mintPair } from '../../src/certs/random/mint-pair.ts'

const namespace = 'certs'
const release = 'certs-release'
const days = 24 * 3_600_000

const cluster = await clusterFor(t)
const { kubectl } = cluster
// The testbed runs certs twice, as the chart does: before and after the webhook configurations exist.
const bed = await startTestbed({ cluster, id: 'certs' })
t.teardown(bed.stop)
await bed.namespace(namespace)

const tlsSecret = ['secret', '-n', release, 'ecr-anywhere-tls'] as const
const configuration = ['mutatingwebhookconfiguration', 'certs-default'] as const
const certs = () => bed.ecrAnywhere(['certs'])
const get = async (words: readonly string[]) => JSON.parse(await must(kubectl('get', ...words, '-o', 'json', '--show-managed-fields')))
const decoded = (text: string) => Buffer.from(text, 'base64').toString()
const bundle = async () => decoded((await get(configuration)).webhooks[0].clientConfig.caBundle ?? '').trim()
const pair = async () => {
  const { data } = await get(tlsSecret)
  return { cert: decoded(data['tls.crt']), key: decoded(data['tls.key']), ca: decoded(data['ca.crt']) }
}
const stranger = await mintPair(['127.0.0.1', 'localhost'], Date.now())
const elsewhere = await mintPair(['elsewhere.example'], Date.now())
let created = 0
const admitted = () => kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name: `pull-${++created}` })))

t.test('the pair is a kubernetes.io/tls Secret with P-256, 90 days, the requested names, and a CA without a stored key', async t => {
  const { type, data } = await get(tlsSecret)
  t.equal(type, 'kubernetes.io/tls')
  t.same(Object.keys(data).sort(), ['ca.crt', 'tls.crt', 'tls.key'])
  const { cert, key, ca } = await pair()
  const leaf = new X509Certificate(cert)
  const authority = new X509Certificate(ca)
  t.ok(leaf.verify(authority.publicKey))
  t.ok(authority.ca)
  t.notOk(leaf.ca)
  t.equal(leaf.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  t.equal(leaf.checkIP('127.0.0.1'), '127.0.0.1')
  t.equal(leaf.checkHost('localhost'), 'localhost')
  t.ok(Math.abs(leaf.validToDate.getTime() - Date.now() - 90 * days) < 600_000)
  t.ok(leaf.validFromDate.getTime() < Date.now() - 3_500_000)
  t.equal(key.match(/PRIVATE KEY/g)?.length, 2, 'the only private key is that of the leaf')
  t.notOk(leaf.publicKey.equals(authority.publicKey))
})

t.test('the CA is published by server-side apply, and our field manager owns only caBundle', async t => {
  t.equal(await bundle(), (await pair()).ca.trim())
  const { metadata, webhooks } = await get(configuration)
  const ours = metadata.managedFields.filter((entry: { manager: string }) => entry.manager === 'ecr-anywhere-certs')
  t.equal(ours.length, 1)
  t.equal(ours[0].operation, 'Apply')
  const owned = {
    'f:webhooks': { [`k:{"name":"${webhooks[0].name}"}`]: { '.': {}, 'f:name': {}, 'f:clientConfig': { 'f:caBundle': {} } } },
  }
  t.same(ours[0].fieldsV1, owned)
})

t.test('a run writes nothing if there is nothing to do', async t => {
  const before = await versions()
  const { code, stdout } = await certs()
  t.equal(code, 0)
  t.match(stdout, /^certs: nothing \(the serving certificate is valid\); caBundle set on 0 webhooks/)
  t.same(await versions(), before)
})

t.test('applying the configuration of the chart again does not change the bundle', async t => {
  const before = await bundle()
  await must(kubectl('apply', '--server-side', '-f', '-', manifests(...bed.registrations)))
  t.equal(await bundle(), before)
  t.equal((await admitted()).code, 0)
})

const path = '/webhooks/0/clientConfig/caBundle'
const emptied: [about: string, operation: object][] = [
  ['emptied', { op: 'remove', path }],
  ['replaced by that of another CA', { op: 'replace', path, value: base64(stranger.ca) }],
]
for (const [about, operation] of emptied) {
  t.test(`a caBundle that was ${about} is restored, and admissions work again`, async t => {
    const { ca } = await pair()
    const { resourceVersion } = (await get(tlsSecret)).metadata
    await must(kubectl('patch', ...configuration, '--type=json', '-p', JSON.stringify([operation])))
    await until('admissions fail', async () => (await admitted()).code !== 0)
    t.match((await certs()).stdout, /caBundle set on 1 webhooks/)
    t.equal(await bundle(), ca.trim())
    await until('admissions work', async () => (await admitted()).code === 0)
    t.equal((await get(tlsSecret)).metadata.resourceVersion, resourceVersion, 'the pair is the same')
  })
}

const broken: [about: string, damage: () => Promise<unknown>][] = [
  ['deleted', () => must(kubectl('delete', ...tlsSecret))],
  ['invalid', () => patchTls({ 'tls.crt': base64('no certificate') })],
  ['without its key', () => patchTls({ 'tls.key': '' })],
  ['replaced by a pair of another CA', () => patchTls({ 'tls.crt': base64(stranger.cert), 'tls.key': base64(stranger.key) })],
  [
    'replaced by a pair for another host',
    () => patchTls({ 'tls.crt': base64(elsewhere.cert), 'tls.key': base64(elsewhere.key), 'ca.crt': base64(elsewhere.ca) }),
  ],
]

for (const [about, damage] of broken) {
  t.test(`a TLS Secret that is ${about} is created again, and the old pair that the webhook still serves stays trusted`, async t => {
    const before = await pair()
    await damage()
    const { code, stdout } = await certs()
    t.equal(code, 0, stdout)
    t.match(stdout, /^certs: repair \(no usable serving pair\); caBundle set on 1 webhooks/)
    const after = await pair()
    t.ok(new X509Certificate(after.cert).verify(new X509Certificate(after.ca).publicKey))
    t.not(after.ca, before.ca)
    const published = await bundle()
    t.ok(published.includes(after.ca.trim()), 'the new CA is published')
    t.ok(published.includes(before.ca.trim()), 'the previous CA is published')
    t.equal((await admitted()).code, 0)
    const versionsAfter = await versions()
    t.match((await certs()).stdout, /caBundle set on 0 webhooks/)
    t.same(await versions(), versionsAfter)
  })
}

t.test('a run repairs what it can, and then reports the missing objects and the command that creates them', async t => {
  const OWNER = 'v1/ConfigMap/other-owner'
  const saved = await get(configuration)
  const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? ''
  const command = /Run `helm upgrade` for the release in namespace certs-release/

  await must(kubectl('delete', ...configuration))
  await must(kubectl('delete', ...tlsSecret))
  const gone = await bed.ecrAnywhere(['certs'], { OWNER })
  t.equal(gone.code, 1)
  t.match(gone.stdout, /^certs: repair .*; caBundle set on 0 webhooks\n/)
  t.match(lastLine(gone.stdout), /found no MutatingWebhookConfiguration certs-default, no ConfigMap certs-release\/other-owner; wanted/)
  t.match(lastLine(gone.stdout), command)
  const before = await bed.ecrAnywhere(['certs'], { OWNER, BEFORE_RELEASE: 'true' })
  t.equal(before.code, 0, 'before the install, these objects are not expected')

  await must(kubectl('create', 'configmap', '-n', release, 'other-owner'))
  const { metadata, webhooks, ...rest } = saved
  await must(kubectl('create', '-f', '-', manifests({ ...rest, metadata: { name: metadata.name }, webhooks: [] })))
  const emptied = await bed.ecrAnywhere(['certs'], { OWNER })
  t.equal(emptied.code, 1)
  t.match(lastLine(emptied.stdout), /found the MutatingWebhookConfiguration certs-default without webhooks; wanted/)

  await must(kubectl('replace', '-f', '-', manifests({ ...rest, metadata: { name: metadata.name }, webhooks })))
  t.equal((await bed.ecrAnywhere(['certs'], { OWNER })).code, 0)
  t.ok((await bundle()).includes((await pair()).ca.trim()))
})

t.test('all invalid settings are reported at once, and the exit code is 2', async t => {
  const bad = { RELEASE_NAMESPACE: '', ROTATE_PROPAGATE: 'soon', ROTATE_RELOAD: 'never', BEFORE_RELEASE: 'maybe' }
  const { code, stdout } = await bed.ecrAnywhere(['certs'], bad)
  t.equal(code, 2)
  for (const name of Object.keys(bad)) t.match(stdout, new RegExp(`${name}: found `), name)
})

async function versions(): Promise<string[]> {
  const objects = await Promise.all([get(tlsSecret), get(configuration)])
  return objects.map(({ metadata }) => metadata.resourceVersion)
}

function patchTls(data: Record<string, string>): Promise<string> {
  return must(kubectl('patch', ...tlsSecret, '--type=merge', '-p', JSON.stringify({ data })))
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
