import { randomBytes } from 'node:crypto'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { dockerConfigJson, managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'content'
/** https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size */
const maxSecretBytes = 1024 * 1024

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'content' })
t.teardown(bed.stop)
await bed.namespace(namespace)

const create = (name: string, stringData: Record<string, string>, type = dockerConfigJson) =>
  kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name, type, stringData })))
const stored = (name: string) => storedSecret(cluster, { namespace, name })

const config = `{
  "auths": {"registry.example.com": {"auth": "amFuZTpwdw==", "email": "j@example.com", "id": 12345678901234567890}, "__proto__": {"auth": "eA=="}},
  "credHelpers": {"gcr.io": "gcloud"}, "HttpHeaders": {"X": "é ☃"}, "big": 1.500000000000000000001, "__proto__": {"kept": true}
}`

t.test('auths of other registries, unknown members and all digits of numbers do not change', async t => {
  await must(create('config', { '.dockerconfigjson': config }))
  const { text, login } = await stored('config')
  const after = text('.dockerconfigjson') ?? ''
  t.equal(await pullStatus(bed.emulator, ownRegistry, login(ownRegistry)), 200)
  const { auths, ...rest } = JSON.parse(after)
  const { auths: authsBefore, ...restBefore } = JSON.parse(config)
  delete auths[ownRegistry]
  t.equal(JSON.stringify(auths), JSON.stringify(authsBefore))
  t.equal(JSON.stringify(rest), JSON.stringify(restBefore))
  for (const digits of ['12345678901234567890', '1.500000000000000000001']) t.ok(after.includes(digits), digits)
})

t.test('a dockercfg Secret keeps its other registries', async t => {
  const other = { 'registry.example.com': { auth: 'amFuZTpwdw==' } }
  await must(create('dockercfg', { '.dockercfg': JSON.stringify(other) }, 'kubernetes.io/dockercfg'))
  const { text, login } = await stored('dockercfg')
  t.same(JSON.parse(text('.dockercfg') ?? '')['registry.example.com'], other['registry.example.com'])
  t.equal(await pullStatus(bed.emulator, ownRegistry, login(ownRegistry)), 200)
})

t.test('keys with dots, dashes and underscores do not change', async t => {
  const others = { 'a.b-c_d': '1', '.hidden': '2', constructor: '3', __proto__x: '4', 'tls.key': '5', '.dockercfg': 'content of the user' }
  await must(create('keys', others))
  const { text } = await stored('keys')
  for (const [key, value] of Object.entries(others)) t.equal(text(key), value, key)
})

for (const [name, content] of Object.entries({
  'no-json': 'no docker config',
  'a-list': '[]',
  'null-auths': '{"auths":null}',
  'auths-text': '{"auths":"x"}',
  'a-null': 'null',
  empty: '',
})) {
  t.test(`content that is no docker config (${name}) is replaced, with a warning if something is lost`, async t => {
    const { code, stderr } = await create(name, { '.dockerconfigjson': content })
    t.equal(code, 0, stderr)
    const isLost = content !== '' && content !== '{"auths":null}'
    t.equal(/Warning: ecr-anywhere: \.dockerconfigjson was not a docker config and was replaced/.test(stderr), isLost, stderr)
    t.equal(await pullStatus(bed.emulator, ownRegistry, (await stored(name)).login(ownRegistry)), 200)
  })
}

t.test('content with too many levels is denied', async t => {
  const { stderr } = await create('deep', { '.dockerconfigjson': `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}` })
  t.match(stderr, /nested deeper than 64 levels/)
})

t.test('a Secret of almost 1 MiB gets credentials and is renewed', async t => {
  const bulk = randomBytes((maxSecretBytes - 16 * 1024) / 2).toString('hex')
  await must(create('bulk', { bulk }))
  const before = await stored('bulk')
  t.ok(before.text('bulk') === bulk, 'the other content did not change')
  t.equal(await pullStatus(bed.emulator, ownRegistry, before.login(ownRegistry)), 200)
  await bed.restartWebhook()
  const mark = `${annotations.markedForUpdateAt}=${new Date().toISOString()}`
  await must(kubectl('-n', namespace, 'annotate', 'secret', 'bulk', mark))
  const after = await stored('bulk')
  t.equal(after.digests.bulk, before.digests.bulk)
  t.not(after.logins[ownRegistry], before.logins[ownRegistry])
})

t.test('a Secret that becomes too large by the injected credentials is rejected by the API server with its own message', async t => {
  const { code, stderr } = await create('too-large', { bulk: 'x'.repeat(maxSecretBytes - 100) })
  t.equal(code, 1)
  t.match(stderr, /Too long|at most 1048576 bytes/)
})
