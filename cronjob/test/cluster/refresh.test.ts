import { join } from 'node:path'
import { ageSecrets } from '@ecr-anywhere/scripts/testbed/aged-secrets.ts'
import { tokenCalls } from '@ecr-anywhere/scripts/testbed/aws-calls.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { leaks } from '@ecr-anywhere/scripts/testbed/leaks.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { startKubeProxy } from '@ecr-anywhere/scripts/testbed/recording-proxy.ts'
import { type StoredSecret, storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { warmed } from '@ecr-anywhere/scripts/testbed/warmed.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const one = 'refresh-one'
const two = 'refresh-two'
const hour = 3600

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'refresh' })
const { emulator, ecrAnywhere } = bed
t.teardown(bed.stop)
for (const namespace of [one, two]) await bed.namespace(namespace)

/** Creates Secrets with this many of their 12 hours left, and restarts the webhook so that it has no tokens. */
async function fill(hours: number, ...secrets: [namespace: string, name: string][]): Promise<void> {
  const objects = secrets.map(([namespace, name]) => managedSecret({ namespace, name }))
  for (const object of objects)
    await kubectl('delete', 'secret', '-n', object.metadata.namespace, '--ignore-not-found', object.metadata.name)
  await must(kubectl('apply', '--server-side', '-f', '-', manifests(...objects)))
  for (const namespace of new Set(secrets.map(([namespace]) => namespace))) {
    const names = secrets.flatMap(([of, name]) => (of === namespace ? [name] : []))
    await ageSecrets(cluster, { namespace, names, hours: 12 - hours })
  }
  emulator.resetCalls()
  await bed.restartWebhook()
}

const stored = (namespace: string, name: string) => storedSecret(cluster, { namespace, name })
const isRenewed = ({ annotations: notes }: StoredSecret) => Date.parse(notes[annotations.expiresAt] ?? '') > Date.now() + 11 * hour * 1000
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)

t.before(async () => {
  await fill(1, [one, 'due-1'], [one, 'due-2'], [two, 'due-3'])
  await must(kubectl('apply', '-f', '-', manifests(managedSecret({ namespace: two, name: 'fresh' }))))
  emulator.resetCalls()
  await bed.restartWebhook()
  await warmed(bed.webhook)
})

t.test('--dry-run prints the due Secrets and touches nothing', async t => {
  const before = await Promise.all([stored(one, 'due-1'), stored(two, 'due-3')])
  const { code, stdout } = await ecrAnywhere(['refresh', '--dry-run'])
  t.equal(code, 0)
  t.match(stdout, /^NAMESPACE +NAME +EXPIRES AT +LEFT$/m)
  for (const [namespace, name] of [
    [one, 'due-1'],
    [one, 'due-2'],
    [two, 'due-3'],
  ])
    t.match(stdout, new RegExp(`^${namespace} +${name} +\\d{4}-.* 5\\dm`, 'm'))
  t.notMatch(stdout, / fresh /)
  t.match(lastLine(stdout), /^checked 4, due 3, refreshed 0, failed 0, earliest expiry \d{4}-.*Z \(in 5\dm.*: refresh-(one|two)\/due-\d\)$/)
  t.same(await Promise.all([stored(one, 'due-1'), stored(two, 'due-3')]), before)
  t.equal(tokenCalls(emulator), 1, 'the only call is the one that the webhook made when it started')
})

t.test('--namespace restricts the run to one namespace, and --output json prints the report as JSON', async t => {
  const { code, stdout } = await ecrAnywhere(['refresh', '--dry-run', '--namespace', two, '--output', 'json'])
  t.equal(code, 0)
  const { plan, ...summary } = JSON.parse(stdout)
  t.match(summary, { checked: 2, due: 1, refreshed: 0, failed: 0, gone: 0, undone: 0, unlistedNamespaces: 0, failures: [], unlisted: [] })
  t.match(plan, [{ namespace: two, name: 'due-3' }])
})

t.test('a run renews the due Secrets in every enabled namespace with one call to AWS, and writes nothing else', async t => {
  const before = await stored(two, 'fresh')
  const { code, stdout, stderr } = await ecrAnywhere(['refresh'])
  t.equal(code, 0, stdout + stderr)
  t.match(stdout, /^checked 4, due 3, refreshed 3, failed 0, earliest expiry \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(in 11h\d+m.*\)\n$/m)
  t.equal(tokenCalls(emulator), 1)
  for (const [namespace, name] of [
    [one, 'due-1'],
    [one, 'due-2'],
    [two, 'due-3'],
  ] as const) {
    const secret = await stored(namespace, name)
    t.ok(isRenewed(secret), name)
    t.match(secret.annotations[annotations.markedForUpdateAt], /^\d{4}-/)
    t.equal(await pullStatus(emulator, ownRegistry, secret.login(ownRegistry)), 200)
  }
  t.equal((await stored(two, 'fresh')).resourceVersion, before.resourceVersion)
})

t.test('a second run finds nothing due and writes nothing', async t => {
  const before = await stored(one, 'due-1')
  const { code, stdout } = await ecrAnywhere(['refresh', '--output', 'json'])
  t.equal(code, 0)
  const { earliestExpiry, ...summary } = JSON.parse(stdout)
  t.match(summary, { checked: 4, due: 0, refreshed: 0, failed: 0 })
  const all = await Promise.all([stored(one, 'due-1'), stored(one, 'due-2'), stored(two, 'due-3'), stored(two, 'fresh')])
  t.equal(earliestExpiry, all.map(secret => secret.annotations[annotations.expiresAt]).sort()[0])
  t.equal((await stored(one, 'due-1')).resourceVersion, before.resourceVersion)
})

t.test('--force also touches Secrets that are not due', async t => {
  const before = await stored(two, 'fresh')
  await bed.restartWebhook()
  const { code, stdout } = await ecrAnywhere(['refresh', '--force', '--namespace', two])
  t.equal(code, 0)
  t.match(stdout, /^checked 2, due 0, refreshed 2, failed 0/m)
  t.not((await stored(two, 'fresh')).logins[ownRegistry], before.logins[ownRegistry])
})

t.test('with NAMESPACES, only these namespaces are read, and the right to list namespaces is not needed', async t => {
  await fill(1, [one, 'due-1'], [two, 'due-3'])
  const { code, stdout } = await ecrAnywhere(['refresh'], { NAMESPACES: one })
  t.equal(code, 0)
  t.match(stdout, /^checked 2, due 1, refreshed 1/m)
  t.notOk(isRenewed(await stored(two, 'due-3')))
})

t.test('a Secret that was stored without the webhook is due and gets credentials', async t => {
  await bed.namespace('refresh-adopted', 'unknown')
  const secret = managedSecret({ namespace: 'refresh-adopted', name: 'adopted', stringData: { '.dockerconfigjson': '{"auths":{}}' } })
  await must(kubectl('apply', '-f', '-', manifests(secret)))
  await bed.namespace('refresh-adopted')
  const { code, stdout } = await ecrAnywhere(['refresh'])
  t.equal(code, 0, stdout)
  t.ok(isRenewed(await stored('refresh-adopted', 'adopted')))
})

t.test('the refresher requests only metadata, never receives data, and touches the most urgent Secrets first', async t => {
  await fill(2, [one, 'later'])
  await fill(1, [one, 'sooner'], [two, 'sooner'])
  const file = join(bed.dir, 'proxied.kubeconfig')
  const proxy = await startKubeProxy(cluster.kubeconfig, file)
  t.teardown(proxy.stop)
  const { code, stdout } = await ecrAnywhere(['refresh'], { KUBECONFIG: file, REFRESH_CONCURRENCY: '1' })
  t.equal(code, 0, stdout)
  const aboutSecrets = proxy.recorded.filter(({ url }) => url.includes('/secrets'))
  t.same([...new Set(aboutSecrets.map(({ method }) => method))], ['GET', 'PATCH'])
  for (const { method, url, accept, answer } of aboutSecrets) {
    t.match(accept, /^application\/json;as=PartialObjectMetadata(List)?;g=meta\.k8s\.io;v=v1$/, `${method} ${url}`)
    t.match(JSON.parse(answer).kind, /^PartialObjectMetadata/)
  }
  t.ok(
    aboutSecrets.some(({ url }) => url.includes('limit=500')),
    'lists are paged',
  )
  const passwords = await Promise.all([stored(one, 'later'), stored(one, 'sooner')])
  const secrets = passwords.map(({ login }) => login(ownRegistry)?.password ?? '')
  t.equal(leaks(proxy.recorded.map(({ answer }) => answer).join('\n'), secrets), 0)
  const touched = proxy.recorded.filter(({ method }) => method === 'PATCH').map(({ url }) => url.replace(/^.*\/secrets\/|\?.*$/g, ''))
  t.same(touched, ['sooner', 'sooner', 'later'])
})
