import { accountKubeconfig } from '@ecr-anywhere/scripts/testbed/provision-process.ts'
import { startSecondApiServer } from '@ecr-anywhere/scripts/testbed/second-api-server.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { expired, watchMetadata } from '@ecr-anywhere/shared/kube/watch.ts'
import { enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { names, startProvisioned } from './provision-bed.ts'

/** The provisioner while API servers or its own processes restart, while there are several of them, and while labels flap. */
const { bed, cluster, client, provision, stop, restart, startReplica, create, exists, allExist, events, creates } =
  await startProvisioned(t)
const { kubectl } = cluster
const many = names('many', 50)
await create(many)
await until('all Secrets exist', () => allExist(many))

t.test('an API server that restarts causes no further requests for namespaces that have their Secret', async t => {
  await cluster.restartApiServer()
  await create(['after-restart'])
  await until('a new namespace gets its Secret', () => exists('after-restart'))
  t.ok(await provision().metric('ecr_anywhere_provision_ready'))
  t.comment(
    `${provision().stdout().split('namespaces listed').length - 1} lists; HTTP 410 seen: ${provision().stdout().includes('HTTP 410')}`,
  )
  const again = (await creates()).filter(({ namespace }) => namespace.startsWith('many-'))
  t.equal(again.filter(({ code }) => code === 409).length, 0)
})

t.test('a watch from a version that the API server no longer knows is the fault after which the informer lists again', async t => {
  const set = { apiVersion: 'v1', kind: 'Namespace' }
  const { signal } = new AbortController()
  const watch = watchMetadata(client.open, { set, selectors: {}, resourceVersion: '1', signal })
  await t.rejects(Array.fromAsync(watch), {
    code: expired,
    message: /HTTP 410 on watching \/api\/v1\/namespaces: too old resource version/,
  })
})

t.test('after a kill, the next process serves the namespaces that were labelled meanwhile', async t => {
  const late = names('late', 20)
  t.equal(await stop('SIGKILL'), null)
  await create(late)
  await restart()
  await until('all Secrets exist', () => allExist(late))
  await until('every namespace is done', async () => (await provision().metric('ecr_anywhere_provision_namespaces{state="pending"}')) === 0)
  t.ok(
    (await provision().metric('ecr_anywhere_provision_creates_total{result="exists"}')) >= many.length,
    'those that exist are left as they are',
  )
})

t.test('two replicas create each Secret once, and write one Event for a cause', async t => {
  const other = await startReplica(t)
  const both = names('both', 30)
  await create(both)
  await until('all Secrets exist', () => allExist(both))
  await create(['no-such-tenant'], 'team-z')
  const failing = async (one: ReturnType<typeof provision>) =>
    (await one.metric('ecr_anywhere_provision_namespaces{state="failing"}')) === 1
  await until('both report the failure', async () => (await failing(other)) && (await failing(provision())))
  const found = await events('no-such-tenant')
  t.equal(found.length, 1)
  // Either of two policies refuses it first.
  t.match(
    found[0],
    /^PullSecretNotCreated: .* the label ecr-anywhere.centml.ai\/namespace=team-z on the namespace.* (kubectl label namespace|Correct the label)/,
  )
  await must(kubectl('label', '--overwrite', 'namespace', 'no-such-tenant', `${labels.namespace}=${enabledValue}`))
  await until('the corrected label is served at once', () => exists('no-such-tenant'))
})

t.test(
  'with two API servers, a namespace that is labelled at one gets its Secret through the other, without an Event',
  { skip: process.platform !== 'linux' },
  async t => {
    const second = await startSecondApiServer(t, cluster)
    await stop()
    const { url } = cluster
    t.not(url, second)
    const through = await accountKubeconfig({ kubectl, kubeconfig: second }, 'ecr-anywhere-provision', bed.dir)
    await restart(through)
    const late = names('two', 200)
    await create(late)
    await until('all Secrets exist', () => allExist(late))
    const codes = (await creates()).filter(({ namespace }) => namespace.startsWith('two-')).map(({ code }) => code)
    t.comment(`${codes.filter(code => code !== 201).length} of ${codes.length} requests were refused first`)
    t.strictSame((await Promise.all(late.slice(0, 50).map(events))).flat(), [])
    // The second API server ends with this test.
    await stop()
    await accountKubeconfig(cluster, 'ecr-anywhere-provision', bed.dir)
    await restart()
  },
)

t.test('100 namespaces whose label flaps cause a few requests each', async t => {
  const before = (await creates()).length
  const flapping = names('flap', 100)
  const set = (name: string, value: string | null) => {
    const body = JSON.stringify({ metadata: { labels: { [labels.namespace]: value } } })
    return client.request({ method: 'PATCH', path: `/api/v1/namespaces/${name}`, contentType: 'application/merge-patch+json', body })
  }
  await create(flapping)
  const flaps = 6
  for (let round = 0; round < flaps; round += 1)
    for (const value of [null, enabledValue]) await Promise.all(flapping.map(name => set(name, value)))
  await until('all Secrets exist', () => allExist(flapping))
  await until('every namespace is done', async () => (await provision().metric('ecr_anywhere_provision_namespaces{state="pending"}')) === 0)
  const asked = (await creates()).length - before
  const changes = (2 * flaps + 1) * flapping.length
  // How many it is depends on how long the changes take: the waits grow with each request. The unit test counts with a clock of its own.
  t.ok(asked >= flapping.length && asked <= changes, `${asked} requests for ${changes} changes of labels`)
})
