import { admissionsDuring } from '@ecr-anywhere/scripts/testbed/admissions.ts'
import { tokenCalls } from '@ecr-anywhere/scripts/testbed/aws-calls.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { dockerConfigJson, managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { warmed } from '@ecr-anywhere/scripts/testbed/warmed.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'unchanged'
const year2099 = '2099-01-01T00:00:00Z'

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'unchanged' })
t.teardown(bed.stop)
await bed.namespace(namespace)

const apply = (secret: object, ...flags: string[]) => must(kubectl('apply', ...flags, '-f', '-', manifests(secret)))
const change = (name: string, ...words: string[]) => must(kubectl('-n', namespace, ...words.map(word => (word === 'IT' ? name : word))))
const patch = (name: string, body: object) => change(name, 'patch', 'secret', 'IT', '--type=merge', '-p', JSON.stringify(body))

const kinds: [type: string, short: string, data: Record<string, string> | undefined][] = [
  [dockerConfigJson, 'json', undefined],
  // The README of the original in Go recommends this value. It is base64, but not of a docker config.
  [dockerConfigJson, 'fake', { '.dockerconfigjson': 'FAKE' }],
  ['kubernetes.io/dockercfg', 'cfg', undefined],
  ['kubernetes.io/basic-auth', 'basic', { username: '', password: '' }],
]

for (const [type, short, data] of kinds) {
  for (const flags of [[], ['--server-side']]) {
    t.test(`applying the ${short} manifest again ${flags.join()} changes nothing and causes no call to AWS`, async t => {
      const name = `${short}-again${flags.length}`
      const secret = managedSecret({ namespace, name, type, ...(data && { data }) })
      // The webhook owns these fields now. As with any mutating webhook, a user who applies them again must force conflicts.
      if (flags.length > 0 && data !== undefined) flags.push('--force-conflicts')
      await apply(secret, ...flags)
      const before = await storedSecret(cluster, { namespace, name })
      t.not(before.logins[ownRegistry], undefined)
      await bed.restartWebhook()
      await warmed(bed.webhook)
      bed.emulator.resetCalls()
      const counted = await admissionsDuring(bed.webhook, async () => {
        await apply(secret, ...flags)
        await apply(secret, ...flags)
      })
      // Client-side apply sends no request if the manifest contains no difference.
      t.same(counted, flags.length === 0 && data === undefined ? {} : { 'default UPDATE unchanged': 2 })
      t.same(await storedSecret(cluster, { namespace, name }), before, 'the Secret did not change, not even its resourceVersion')
      t.equal(tokenCalls(bed.emulator), 0)
    })
  }
}

const overwritten: [about: string, change: (name: string) => Promise<unknown>][] = [
  [
    'the Secret is replaced without data and annotations',
    name => must(kubectl('replace', '-f', '-', manifests(managedSecret({ namespace, name })))),
  ],
  ['our credentials are overwritten', name => patch(name, { stringData: { '.dockerconfigjson': '{"auths":{}}' } })],
  ['the password of our entry is changed', name => patch(name, { stringData: { '.dockerconfigjson': forged() } })],
  ['data is removed', name => patch(name, { data: null, stringData: { other: 'x' } })],
  ['expires_at is set to 2099', name => change(name, 'annotate', 'secret', 'IT', '--overwrite', `${annotations.expiresAt}=${year2099}`)],
  ['our annotations are removed', name => patch(name, { metadata: { annotations: null } })],
  [
    'injected_registries is forged',
    name => patch(name, { metadata: { annotations: { [annotations.injectedRegistries]: 'evil.example' } } }),
  ],
]

for (const [at, [about, overwrite]] of overwritten.entries()) {
  t.test(`the credentials are restored without a call to AWS if ${about}`, async t => {
    const name = `overwritten-${at}`
    await apply(managedSecret({ namespace, name }))
    const before = await storedSecret(cluster, { namespace, name })
    bed.emulator.resetCalls()
    t.same(await admissionsDuring(bed.webhook, () => overwrite(name)), { 'default UPDATE unchanged': 1 })
    const after = await storedSecret(cluster, { namespace, name })
    t.same(after.logins, before.logins)
    for (const key of [annotations.expiresAt, annotations.updatedAt, annotations.injectedRegistries]) {
      t.equal(after.annotations[key], before.annotations[key], key)
    }
    t.equal(tokenCalls(bed.emulator), 0)
  })
}

t.test('changes of other fields are stored', async t => {
  await apply(managedSecret({ namespace, name: 'beside' }))
  const before = await storedSecret(cluster, { namespace, name: 'beside' })
  await patch('beside', { metadata: { labels: { team: 'a' }, annotations: { note: 'b' } }, stringData: { 'tls.key-2': 'mine' } })
  const { logins, labels: now, annotations: notes, text } = await storedSecret(cluster, { namespace, name: 'beside' })
  t.same(logins, before.logins)
  t.same(now, { [labels.managed]: 'true', team: 'a' })
  t.equal(notes.note, 'b')
  t.equal(text('tls.key-2'), 'mine')
})

function forged(): string {
  return JSON.stringify({ auths: { [ownRegistry]: { username: 'AWS', password: 'forged', auth: 'forged' } } })
}
