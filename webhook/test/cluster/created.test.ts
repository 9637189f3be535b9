import { admissionsDuring } from '@ecr-anywhere/scripts/testbed/admissions.ts'
import { tokenCalls } from '@ecr-anywhere/scripts/testbed/aws-calls.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { dockerConfigJson, managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { parseSecret, type StoredSecret, storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t, { type Test } from 'tap'

const elsewhere = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'
const namespace = 'created'

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'created' })
t.teardown(bed.stop)
await bed.namespace(namespace)

const types = [
  [dockerConfigJson, 'json'],
  ['kubernetes.io/dockercfg', 'cfg'],
  ['kubernetes.io/basic-auth', 'basic'],
] as const
const ways = [
  ['client-side apply', ['apply']],
  ['server-side apply', ['apply', '--server-side']],
  ['create', ['create']],
] as const

for (const [type, short] of types) {
  for (const [way, words] of ways) {
    t.test(`a ${type} Secret without data gets credentials on ${way}`, async t => {
      const name = `${short}-${words.join('').replaceAll('-', '')}`
      const counted = await admissionsDuring(bed.webhook, () =>
        must(kubectl(...words, '-f', '-', manifests(managedSecret({ namespace, name, type })))),
      )
      t.same(counted, { 'default CREATE injected': 1 })
      await proved(t, await storedSecret(cluster, { namespace, name }))
    })
  }
}

t.test('all these Secrets were served by the one call that the webhook made when it started', async t => {
  t.equal(tokenCalls(bed.emulator), 1)
})

t.test('a second server-side apply changes nothing', async t => {
  const secret = manifests(managedSecret({ namespace, name: 'json-applyserverside' }))
  const before = await storedSecret(cluster, { namespace, name: 'json-applyserverside' })
  t.same(await admissionsDuring(bed.webhook, () => must(kubectl('apply', '--server-side', '-f', '-', secret))), {
    'default UPDATE unchanged': 1,
  })
  const after = await storedSecret(cluster, { namespace, name: 'json-applyserverside' })
  t.equal(after.resourceVersion, before.resourceVersion)
})

t.test('a Secret with generateName gets credentials before it has a name', async t => {
  const { metadata, ...secret } = managedSecret({ namespace, name: '' })
  const { name: _, ...unnamed } = metadata
  const created = kubectl('create', '-o', 'json', '-f', '-', manifests({ ...secret, metadata: { ...unnamed, generateName: 'pull-' } }))
  const stored = JSON.parse(await must(created))
  t.match(stored.metadata.name, /^pull-\w+$/)
  await proved(t, parseSecret(stored))
})

t.test('stringData is merged into data first, and its other registries do not change', async t => {
  const auths = { 'registry.example.com': { username: 'jane', password: 'no secret' } }
  const stringData = { '.dockerconfigjson': JSON.stringify({ auths }), 'notes.txt': 'kept' }
  await must(kubectl('apply', '-f', '-', manifests(managedSecret({ namespace, name: 'string-data', stringData }))))
  const stored = await storedSecret(cluster, { namespace, name: 'string-data' })
  await proved(t, stored)
  t.same(stored.login('registry.example.com'), auths['registry.example.com'])
  t.equal(stored.text('notes.txt'), 'kept')
})

t.test('each region in the registries annotation gets its own token, which works for no other region', async t => {
  const registries = `${ownRegistry}, ${elsewhere},public.ecr.aws`
  const secret = managedSecret({ namespace, name: 'three', annotations: { [annotations.registries]: registries } })
  await must(kubectl('apply', '-f', '-', manifests(secret)))
  const stored = await storedSecret(cluster, { namespace, name: 'three' })
  t.equal(stored.annotations[annotations.injectedRegistries], `${ownRegistry},${elsewhere},public.ecr.aws`)
  for (const host of [ownRegistry, elsewhere, 'public.ecr.aws']) {
    for (const other of [ownRegistry, elsewhere, 'public.ecr.aws']) {
      const wanted = host === other ? 200 : 401
      t.equal(await pullStatus(bed.emulator, other, stored.login(host)), wanted, `the login for ${host} at ${other}`)
    }
  }
})

/** Checks that the Secret has working credentials, consistent fields, an expiry in 12 hours and no attestation. */
async function proved(t: Test, { type, login, annotations: notes }: StoredSecret): Promise<void> {
  const { username, password, auth } = login(ownRegistry) ?? { username: '', password: '' }
  t.equal(username, 'AWS')
  if (type !== 'kubernetes.io/basic-auth')
    t.ok(auth === Buffer.from(`${username}:${password}`).toString('base64'), 'auth consists of username and password')
  t.equal(await pullStatus(bed.emulator, ownRegistry, login(ownRegistry)), 200)
  t.equal(await pullStatus(bed.emulator, elsewhere, login(ownRegistry)), 401)
  t.equal(notes[annotations.injectedRegistries], ownRegistry)
  const hours = (Date.parse(notes[annotations.expiresAt] ?? '') - Date.now()) / 3_600_000
  t.ok(hours > 11.9 && hours <= 12, `it expires in ${hours} hours`)
  t.match(notes[annotations.updatedAt], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  t.notOk(annotations.attestation in notes)
}
