import { apiUser, secretsPath } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { plainNamespace, startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { dockerConfigJson, type ManagedSecretOptions, managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { secretWriter, type WrittenSecret } from '@ecr-anywhere/scripts/testbed/secret-writer.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { maxExpiryAheadMs } from '@ecr-anywhere/webhook/admission/decide.ts'
import t from 'tap'

const namespace = 'ready-enabled'
const finalizers = ['example.com/hold']
const refused = { status: 403 }

const bed = await startAttested(t)
const { kubectl, kubeconfig } = bed.cluster
const admin = await apiUser(kubeconfig)
t.teardown(admin.close)
const { create, apply, patch, get, names } = secretWriter(admin)
const named = (name: string, more: Partial<ManagedSecretOptions> = {}) => managedSecret({ namespace, name, ...more })
const isGone = async (name: string, where = namespace) => (await get(where, name)).status === 404

t.test('a namespace that contains managed Secrets can be deleted', async t => {
  await bed.namespace('doomed')
  for (const name of ['one', 'two']) t.equal((await create(named(name, { namespace: 'doomed' }))).status, 201)
  t.match(await must(kubectl('delete', 'namespace', 'doomed', '--timeout=60s')), 'deleted')
})

t.test('an administrator can delete one managed Secret, and all Secrets of a namespace in one request', async t => {
  await bed.namespace('cleared')
  for (const name of ['one', 'two', 'three']) t.equal((await create(named(name, { namespace: 'cleared' }))).status, 201)
  await must(kubectl('delete', 'secret', '-n', 'cleared', 'one'))
  t.same((await names('cleared')).sort(), ['three', 'two'])
  await must(kubectl('delete', '--raw', secretsPath('cleared')))
  t.same(await names('cleared'), [])
})

t.test('the garbage collector deletes a managed Secret with its owner, or orphans it', async t => {
  for (const name of ['collected', 'orphaned', 'foreground']) {
    await must(kubectl('create', 'configmap', '-n', namespace, name))
    const uid = await must(kubectl('get', 'configmap', '-n', namespace, name, '-o', 'jsonpath={.metadata.uid}'))
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name, uid, blockOwnerDeletion: true }
    const { metadata, ...rest } = named(name)
    t.equal((await create({ ...rest, metadata: { ...metadata, ownerReferences: [owner] } } as unknown as WrittenSecret)).status, 201)
  }
  await must(kubectl('delete', 'configmap', '-n', namespace, 'collected'))
  await until('the Secret is garbage-collected', () => isGone('collected'))
  await must(kubectl('delete', 'configmap', '-n', namespace, 'foreground', '--cascade=foreground', '--timeout=60s'))
  t.ok(await isGone('foreground'))
  await must(kubectl('delete', 'configmap', '-n', namespace, 'orphaned', '--cascade=orphan', '--timeout=60s'))
  await until('the Secret has no owner reference', async () => {
    const { metadata } = (await get(namespace, 'orphaned')).body as { metadata: { ownerReferences?: object[] } }
    return metadata.ownerReferences === undefined
  })
  t.ok((await storedSecret(bed.cluster, { namespace, name: 'orphaned' })).login(ownRegistry))
})

const claims: [about: string, notes: Record<string, string>][] = [
  ['nothing', {}],
  ['an attestation', { [annotations.attestation]: 'forged' }],
  ['an expiry', { [annotations.expiresAt]: '2099-01-01T00:00:00Z', [annotations.updatedAt]: '2026-01-01T00:00:00Z' }],
  ['both', { [annotations.attestation]: 'forged', [annotations.expiresAt]: '2099-01-01T00:00:00Z' }],
]
/** It is as long as real credentials, so that the policy for short values does not deny it. */
const login = { username: 'AWS', password: 'x'.repeat(200) }
const config = JSON.stringify({ auths: { 'registry.example.com': login } })
const typed = { type: dockerConfigJson, data: { '.dockerconfigjson': Buffer.from(config).toString('base64') } }

/** A Secret with a deletionTimestamp. A client can write that field only by server-side apply. */
function dying(name: string, more: Partial<ManagedSecretOptions>) {
  const secret = named(name, { finalizers, ...typed, ...more })
  return { ...secret, metadata: { ...secret.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0 } }
}

t.test('a new Secret that server-side apply writes with a deletionTimestamp is injected or denied, and never stored unchanged', async t => {
  for (const [at, [about, notes]] of claims.entries()) {
    const name = `dying-${at}`
    t.match((await apply(dying(name, { annotations: notes }))).status, /^(201|403)$/, about)
    await holdsOnlyOurs(name, about)
    const elsewhere = await apply(dying(name, { annotations: notes, namespace: plainNamespace }))
    t.match(elsewhere, refused, `${about}, in a namespace that is not enabled`)
    t.ok(await isGone(name, plainNamespace))
  }
  const { metadata, ...rest } = dying('unmanaged', { annotations: { [annotations.attestation]: 'forged' } })
  t.match(await apply({ ...rest, metadata: { ...metadata, labels: {} } }), refused, 'an attestation on a Secret that is not managed')

  async function holdsOnlyOurs(name: string, about: string) {
    if (await isGone(name)) return
    const { annotations: notes, login: found } = await storedSecret(bed.cluster, { namespace, name })
    t.notOk(annotations.attestation in notes, `${about}: no attestation is stored`)
    const aheadMs = Date.parse(notes[annotations.expiresAt] ?? '') - Date.now()
    t.ok(aheadMs > 0 && aheadMs < maxExpiryAheadMs, `${about}: the webhook set the expiry`)
    t.ok(found(ownRegistry), `${about}: it was injected`)
  }
})

t.test('an update with a deletionTimestamp cannot change our annotations or credentials either', async t => {
  t.equal((await create(named('alive'))).status, 201)
  const before = await storedSecret(bed.cluster, { namespace, name: 'alive' })
  for (const [about, notes] of claims) {
    await apply(dying('alive', { annotations: notes, finalizers: [] }))
    const merged = { metadata: { annotations: notes, deletionTimestamp: '2026-01-01T00:00:00Z' }, data: typed.data }
    await patch(namespace, 'alive', merged)
    const after = await storedSecret(bed.cluster, { namespace, name: 'alive' })
    t.equal(after.annotations[annotations.expiresAt], before.annotations[annotations.expiresAt], about)
    t.notOk(annotations.attestation in after.annotations, about)
    t.same(after.logins, before.logins, about)
  }
})

t.test('a Secret that is being deleted can be changed and finalized, but cannot get an attestation annotation', async t => {
  t.equal((await create(named('held', { finalizers }))).status, 201)
  await must(kubectl('delete', 'secret', '-n', namespace, 'held', '--wait=false'))
  t.match(await patch(namespace, 'held', { metadata: { annotations: { [annotations.attestation]: 'forged' } } }), refused)
  t.equal((await patch(namespace, 'held', { metadata: { annotations: { a: 'b' } } })).status, 200)
  t.equal((await patch(namespace, 'held', { metadata: { finalizers: null } })).status, 200)
  t.ok(await isGone('held'))
})

t.test('an attestation annotation that was stored before the policies existed does not block other changes', async t => {
  const binding = ['validatingadmissionpolicybinding', 'ecr-anywhere-no-ticket']
  const { metadata, ...rest } = JSON.parse(await must(kubectl('get', ...binding, '-o', 'json')))
  await must(kubectl('delete', ...binding))
  const stored = managedSecret({
    namespace: plainNamespace,
    name: 'early',
    annotations: { [annotations.attestation]: 'forged' },
    finalizers,
  })
  const unmanaged = { ...stored, ...typed, metadata: { ...stored.metadata, labels: {} } }
  await until('the API server applies the change of the policies', async () => (await create(unmanaged)).status === 201)
  const { name, labels: own } = metadata
  await must(kubectl('create', '-f', '-', manifests({ ...rest, metadata: { name, labels: own } })))
  let at = 0
  const another = () => patch(plainNamespace, 'early', { metadata: { annotations: { [annotations.attestation]: `forged ${++at}` } } })
  await until('the API server applies the policies again', async () => (await another()).status === 403)
  t.equal((await patch(plainNamespace, 'early', { metadata: { annotations: { a: 'b' } } })).status, 200)
  t.equal((await patch(plainNamespace, 'early', { metadata: { finalizers: null } })).status, 200)
  t.match(await patch(plainNamespace, 'early', { metadata: { labels: { [labels.managed]: 'true' } } }), refused)
})
