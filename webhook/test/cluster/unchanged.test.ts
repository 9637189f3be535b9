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
  // What the README of the Go original tells people to write; it is base64, of no docker config.
  [dockerConfigJson, 'fake', { '.dockerconfigjson': 'FAKE' }],
  ['kubernetes.io/dockercfg', 'cfg', undefined],
  ['kubernetes.io/basic-auth', 'basic', { username: '', password: '' }],
]

for (const [type, short, data] of kinds) {
  for (const flags of [[], ['--server-side']]) {
    t.test(`applying the ${short} manifest again ${flags.join()} changes nothing and asks AWS nothing`, async t => {
      const name = `${short}-again${flags.length}`
      const secret = managedSecret({ namespace, name, type, ...(data && { data }) })
      // The webhook holds these fields now: a user who goes on applying them has to say so, as with any mutating webhook.
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
      // Where the manifest names nothing that differs, client-side apply sends nothing.
      t.same(counted, flags.length === 0 && data === undefined ? {} : { 'default UPDATE unchanged': 2 })
      t.same(await storedSecret(cluster, { namespace, name }), before, 'resourceVersion and all else')
      t.equal(tokenCalls(bed.emulator), 0)
    })
  }
}

const overwritten: [about: string, change: (name: string) => Promise<unknown>][] = [
  ['replaced without data and annotations', name => must(kubectl('replace', '-f', '-', manifests(managedSecret({ namespace, name }))))],
  ['our credentials are overwritten', name => patch(name, { stringData: { '.dockerconfigjson': '{"auths":{}}' } })],
  ['the password of our entry is changed', name => patch(name, { stringData: { '.dockerconfigjson': forged() } })],
  ['data is taken away', name => patch(name, { data: null, stringData: { other: 'x' } })],
  ['expires_at is set to 2099', name => change(name, 'annotate', 'secret', 'IT', '--overwrite', `${annotations.expiresAt}=${year2099}`)],
  ['our annotations are removed', name => patch(name, { metadata: { annotations: null } })],
  [
    'injected_registries is forged',
    name => patch(name, { metadata: { annotations: { [annotations.injectedRegistries]: 'evil.example' } } }),
  ],
]

for (const [at, [about, overwrite]] of overwritten.entries()) {
  t.test(`put back where ${about}, without a call of AWS`, async t => {
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

t.test("other people's changes go through beside ours", async t => {
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
