import { isAtLeast, serverVersion } from '@ecr-anywhere/scripts/cluster/server-version.ts'
import { admissionsDuring } from '@ecr-anywhere/scripts/testbed/admissions.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'skipped'
const finalizer = 'ecr-anywhere.test/hold'

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'skipped' })
t.teardown(bed.stop)
await bed.namespace(namespace)

const patch = (name: string, body: object) =>
  must(kubectl('-n', namespace, 'patch', 'secret', name, '--type=merge', '-p', JSON.stringify(body)))
const create = (name: string, more = {}) => must(kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name, ...more }))))
const skipped = { 'default UPDATE skipped': 1 }

t.test('a Secret that is being deleted can be changed and finalized even if it is invalid, without a call to AWS', async t => {
  await create('deleting', { finalizers: [finalizer] })
  bed.emulator.fault({ fault: 'access-denied' })
  await bed.restartWebhook()
  await must(kubectl('-n', namespace, 'delete', 'secret', 'deleting', '--wait=false'))
  const before = await storedSecret(cluster, { namespace, name: 'deleting' })
  const wrong = { metadata: { annotations: { [annotations.registries]: 'docker.io', [annotations.attestation]: 'forged' } } }
  t.same(await admissionsDuring(bed.webhook, () => patch('deleting', wrong)), skipped)
  const after = await storedSecret(cluster, { namespace, name: 'deleting' })
  t.same(after.digests, before.digests)
  t.notOk(annotations.attestation in after.annotations, 'the attestation is also removed here')
  await patch('deleting', { metadata: { finalizers: null } })
  t.match((await kubectl('-n', namespace, 'get', 'secret', 'deleting')).stderr, /NotFound/)
  bed.emulator.heal()
})

/** https://github.com/kubernetes/kubernetes/blob/v1.37.2/staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go#L744 */
const forgetsDeletionSince = 37

t.test('a new Secret with a deletionTimestamp from server-side apply gets credentials', async t => {
  const secret = managedSecret({ namespace, name: 'claims-deletion', finalizers: [finalizer] })
  const deletion = { deletionTimestamp: new Date().toISOString(), deletionGracePeriodSeconds: 0 }
  const forged = { [annotations.attestation]: 'forged', [annotations.expiresAt]: '2099-01-01T00:00:00Z' }
  const metadata = { ...secret.metadata, ...deletion, annotations: forged }
  const apply = () => must(kubectl('apply', '--server-side', '-f', '-', manifests({ ...secret, metadata })))
  t.same(await admissionsDuring(bed.webhook, apply), { 'default CREATE injected': 1 })
  const jsonPath = 'jsonpath={.metadata.deletionTimestamp}'
  const found = await must(kubectl('-n', namespace, 'get', 'secret', 'claims-deletion', '-o', jsonPath))
  if (isAtLeast(await serverVersion(), forgetsDeletionSince)) t.equal(found, '', 'the API server does not store it')
  else t.match(found, /^20/, 'the API server stores it')
  const stored = await storedSecret(cluster, { namespace, name: 'claims-deletion' })
  t.equal(await pullStatus(bed.emulator, ownRegistry, stored.login(ownRegistry)), 200)
  t.notOk(annotations.attestation in stored.annotations)
  t.ok(Date.parse(stored.annotations[annotations.expiresAt] ?? '') < Date.now() + 13 * 3_600_000)
  await must(kubectl('-n', namespace, 'patch', 'secret', 'claims-deletion', '--type=merge', '-p', '{"metadata":{"finalizers":null}}'))
})

t.test('a Secret that is no longer managed keeps the changes of its user', async t => {
  await create('released')
  const auths = '{"auths":{"registry.example.com":{}}}'
  const change = { metadata: { labels: { [labels.managed]: null } }, stringData: { '.dockerconfigjson': auths } }
  t.same(await admissionsDuring(bed.webhook, () => patch('released', change)), skipped)
  t.equal((await storedSecret(cluster, { namespace, name: 'released' })).text('.dockerconfigjson'), auths)
  t.same(
    await admissionsDuring(bed.webhook, () => patch('released', { metadata: { labels: { some: 'thing' } } })),
    {},
    'the webhook is not called for it',
  )
})

t.test('a Secret whose label managed is not true is not changed', async t => {
  const metadata = { namespace, name: 'other-value', labels: { [labels.managed]: 'false' } }
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { mine: 'yes' } }
  t.same(await admissionsDuring(bed.webhook, () => must(kubectl('create', '-f', '-', manifests(secret)))), {})
})
