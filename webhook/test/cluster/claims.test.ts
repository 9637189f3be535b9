import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'claims'
const hour = 3600
/** The annotations of an injected Secret that would be valid for decades. */
const claims = {
  [annotations.expiresAt]: '2099-01-01T00:00:00Z',
  [annotations.updatedAt]: '2026-01-01T00:00:00Z',
  [annotations.injectedRegistries]: ownRegistry,
}
const auths = { [ownRegistry]: { username: 'AWS', password: 'old', auth: 'QVdTOm9sZA==' } }
const forged = { annotations: claims, stringData: { '.dockerconfigjson': JSON.stringify({ auths }) } }

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'claims' })
t.teardown(bed.stop)
await bed.namespace(namespace)

const create = (name: string, more = {}) => must(kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name, ...more }))))
const patch = (name: string, change: object) =>
  must(kubectl('-n', namespace, 'patch', 'secret', name, '--type=merge', '-p', JSON.stringify(change)))
const restarted = async (tokenSeconds: number) => {
  bed.emulator.setTokenLife(tokenSeconds)
  await bed.restartWebhook()
}
/** Checks that the Secret has real credentials and their real expiry. */
async function isFresh(name: string): Promise<boolean> {
  const { login, annotations: notes } = await storedSecret(cluster, { namespace, name })
  const leftMs = Date.parse(notes[annotations.expiresAt] ?? '') - Date.now()
  return (
    leftMs > 11 * hour * 1000 && leftMs <= 12 * hour * 1000 && (await pullStatus(bed.emulator, ownRegistry, login(ownRegistry))) === 200
  )
}

t.test('a new Secret with expires_at in 2099 gets credentials', async t => {
  await create('at-create', forged)
  t.ok(await isFresh('at-create'))
})

t.test('an update of a due Secret that sets expires_at to 2099 renews it', async t => {
  await restarted(6)
  await create('at-update')
  await restarted(12 * hour)
  const renewed = until('the Secret is renewed after half of its lifetime', async () => {
    await patch('at-update', { metadata: { annotations: { ...claims, note: `${Date.now()}` } } })
    return isFresh('at-update')
  })
  t.ok(await renewed)
})

t.test('an unlabelled Secret with expires_at in 2099 gets credentials when it becomes managed again', async t => {
  await create('in-between')
  await patch('in-between', { metadata: { labels: { [labels.managed]: null } } })
  await patch('in-between', { metadata: { annotations: claims }, stringData: forged.stringData })
  await patch('in-between', { metadata: { labels: { [labels.managed]: 'true' } } })
  t.ok(await isFresh('in-between'))
})

t.test('no Secret has an expiry after that of its token, so the refresher is not misled', async t => {
  const { code, stdout } = await bed.ecrAnywhere(['refresh'], { NAMESPACES: namespace })
  t.equal(code, 0, stdout)
  t.match(stdout, /checked 3, due 0/)
})
