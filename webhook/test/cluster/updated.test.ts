import { admissionsDuring } from '@ecr-anywhere/scripts/testbed/admissions.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const elsewhere = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'
const namespace = 'updated'
const year2099 = '2099-01-01T00:00:00Z'
const hour = 3600
/** A token lifetime of which half passes quickly. */
const seconds = 6

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'updated' })
t.teardown(bed.stop)
await bed.namespace(namespace)

const apply = (...secrets: object[]) => must(kubectl('apply', '-f', '-', manifests(...secrets)))
const annotate = (name: string, key: string, value: string) =>
  must(kubectl('-n', namespace, 'annotate', 'secret', name, '--overwrite', `${key}=${value}`))
const stored = (name: string) => storedSecret(cluster, { namespace, name })
const injected = { 'default UPDATE injected': 1 }

t.test('a change of the registries annotation adds logins for new registries and removes the others', async t => {
  const auths = { 'registry.example.com': { auth: 'amFuZTpwdw==' } }
  const stringData = { '.dockerconfigjson': JSON.stringify({ auths }) }
  await apply(managedSecret({ namespace, name: 'moved', stringData, annotations: { [annotations.registries]: ownRegistry } }))
  t.same(await admissionsDuring(bed.webhook, () => annotate('moved', annotations.registries, elsewhere)), injected)
  const { logins, text, annotations: notes, login } = await stored('moved')
  t.same(Object.keys(logins), [elsewhere])
  t.equal(notes[annotations.injectedRegistries], elsewhere)
  const { auths: kept } = JSON.parse(text('.dockerconfigjson') ?? '')
  t.same(kept['registry.example.com'], auths['registry.example.com'])
  t.equal(await pullStatus(bed.emulator, elsewhere, login(elsewhere)), 200)
})

t.test('without the annotation the Secret has the registry of the principal again', async t => {
  await apply(managedSecret({ namespace, name: 'back', annotations: { [annotations.registries]: `${elsewhere},public.ecr.aws` } }))
  t.same(Object.keys((await stored('back')).logins), [elsewhere, 'public.ecr.aws'])
  t.same(
    await admissionsDuring(bed.webhook, () => must(kubectl('-n', namespace, 'annotate', 'secret', 'back', `${annotations.registries}-`))),
    injected,
  )
  t.same(Object.keys((await stored('back')).logins), [ownRegistry])
})

t.test('if the annotation contains fewer registries, the logins for the others are removed', async t => {
  await apply(managedSecret({ namespace, name: 'fewer', annotations: { [annotations.registries]: `${ownRegistry},${elsewhere}` } }))
  t.same(await admissionsDuring(bed.webhook, () => annotate('fewer', annotations.registries, ownRegistry)), injected)
  const { logins, annotations: notes } = await stored('fewer')
  t.same(Object.keys(logins), [ownRegistry])
  t.equal(notes[annotations.injectedRegistries], ownRegistry)
})

t.test('a login that a user writes in the same apply that no longer requests its registry is kept', async t => {
  await apply(managedSecret({ namespace, name: 'own-login', annotations: { [annotations.registries]: `${ownRegistry},${elsewhere}` } }))
  const own = { username: 'me', password: 'mine', auth: 'bWU6bWluZQ==' }
  const stringData = { '.dockerconfigjson': JSON.stringify({ auths: { [elsewhere]: own } }) }
  const annotated = { annotations: { [annotations.registries]: ownRegistry } }
  t.same(
    await admissionsDuring(bed.webhook, () => apply(managedSecret({ namespace, name: 'own-login', stringData, ...annotated }))),
    injected,
  )
  const { text, login } = await stored('own-login')
  t.same(JSON.parse(text('.dockerconfigjson') ?? '').auths[elsewhere], own)
  t.equal(await pullStatus(bed.emulator, ownRegistry, login(ownRegistry)), 200)
})

t.test('an entry that another tool wrote under https:// is replaced when the Secret becomes managed', async t => {
  const stale = { username: 'AWS', password: 'long expired', auth: 'QVdTOmxvbmcgZXhwaXJlZA==' }
  const stringData = { '.dockerconfigjson': JSON.stringify({ auths: { [`https://${ownRegistry}`]: stale } }) }
  const { labels: _, ...metadata } = managedSecret({ namespace, name: 'from-go' }).metadata
  await apply({ ...managedSecret({ namespace, name: 'from-go', stringData }), metadata })
  await must(kubectl('-n', namespace, 'label', 'secret', 'from-go', `${labels.managed}=true`))
  const { logins, login } = await stored('from-go')
  t.same(Object.keys(logins), [ownRegistry])
  t.equal(await pullStatus(bed.emulator, ownRegistry, login(ownRegistry)), 200)
})

t.test('a touch injects the newest token, whether or not the Secret is due', async t => {
  await apply(managedSecret({ namespace, name: 'touched' }))
  const before = await stored('touched')
  await bed.restartWebhook()
  const touch = () => annotate('touched', annotations.markedForUpdateAt, new Date().toISOString())
  t.same(await admissionsDuring(bed.webhook, touch), injected)
  const after = await stored('touched')
  t.not(after.logins[ownRegistry], before.logins[ownRegistry])
  t.equal(await pullStatus(bed.emulator, ownRegistry, after.login(ownRegistry)), 200)
})

t.test('any update renews a due Secret', async t => {
  bed.emulator.setTokenLife(seconds)
  await bed.restartWebhook()
  await apply(managedSecret({ namespace, name: 'due' }))
  const before = await stored('due')
  bed.emulator.setTokenLife(12 * hour)
  await bed.restartWebhook()
  const after = await until('the Secret is renewed after half of its lifetime', async () => {
    await annotate('due', 'note', `${Date.now()}`)
    const now = await stored('due')
    return now.logins[ownRegistry] !== before.logins[ownRegistry] && now
  })
  const expiresMs = (secret: typeof after) => Date.parse(secret.annotations[annotations.expiresAt] ?? '')
  t.ok(expiresMs(after) - expiresMs(before) > 10 * hour * 1000)
})

t.test('a Secret that was stored without the webhook gets credentials in its first update, whatever its annotations are', async t => {
  const claims = {
    [annotations.expiresAt]: year2099,
    [annotations.updatedAt]: '2026-01-01T00:00:00Z',
    [annotations.injectedRegistries]: ownRegistry,
  }
  const stringData = {
    '.dockerconfigjson': JSON.stringify({ auths: { [ownRegistry]: { username: 'AWS', password: 'forged', auth: 'x' } } }),
  }
  await bed.namespace('updated-later', 'unknown')
  await apply(managedSecret({ namespace: 'updated-later', name: 'claims', annotations: claims, stringData }))
  const before = await storedSecret(cluster, { namespace: 'updated-later', name: 'claims' })
  t.equal(before.annotations[annotations.expiresAt], year2099)
  await bed.namespace('updated-later', enabledValue)
  // The API server applies a new label of a namespace a moment later.
  const { login, annotations: notes } = await until('the webhook is called', async () => {
    await must(kubectl('-n', 'updated-later', 'annotate', 'secret', 'claims', '--overwrite', `note=${Date.now()}`))
    const now = await storedSecret(cluster, { namespace: 'updated-later', name: 'claims' })
    return now.logins[ownRegistry] !== before.logins[ownRegistry] && now
  })
  t.equal(await pullStatus(bed.emulator, ownRegistry, login(ownRegistry)), 200)
  t.not(notes[annotations.expiresAt], year2099)
})

t.test('a Secret gets credentials when it becomes managed', async t => {
  const { labels: _, ...metadata } = managedSecret({ namespace, name: 'adopted' }).metadata
  const secret = managedSecret({ namespace, name: 'adopted', stringData: { '.dockerconfigjson': '{"auths":{}}' } })
  t.same(await admissionsDuring(bed.webhook, () => apply({ ...secret, metadata })), {})
  t.same((await stored('adopted')).logins, {})
  t.same(
    await admissionsDuring(bed.webhook, () => must(kubectl('-n', namespace, 'label', 'secret', 'adopted', `${labels.managed}=true`))),
    injected,
  )
  t.equal(await pullStatus(bed.emulator, ownRegistry, (await stored('adopted')).login(ownRegistry)), 200)
})

t.test('an attestation annotation of a user is never stored, neither on create nor on update', async t => {
  await apply(managedSecret({ namespace, name: 'attested', annotations: { [annotations.attestation]: 'forged' } }))
  t.notOk(annotations.attestation in (await stored('attested')).annotations)
  await annotate('attested', annotations.attestation, 'forged')
  t.notOk(annotations.attestation in (await stored('attested')).annotations)
})
