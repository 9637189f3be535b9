import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { tokenCalls } from '@ecr-anywhere/scripts/testbed/aws-calls.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { accountKubeconfig, provisionUser, refreshUser, startProvision } from '@ecr-anywhere/scripts/testbed/provision-process.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { startSecondApiServer } from '@ecr-anywhere/scripts/testbed/second-api-server.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { expired, watchMetadata } from '@ecr-anywhere/shared/kube/watch.ts'
import { annotations, enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

/** The provisioner and the refresher run with the service accounts, the Roles and the policies of the chart. */
const secretName = 'ecr-anywhere-pull'
const values = { provision: { enabled: true, secretName } }
const bed = await startAttested(t, {
  values,
  controlPlane: { audit: true },
  env: { PROVISIONERS: `${provisionUser},${refreshUser}` },
})
const { cluster } = bed
const { kubectl } = cluster
const account = await accountKubeconfig(cluster, 'ecr-anywhere-provision', bed.dir)
const refresher = await accountKubeconfig(cluster, 'ecr-anywhere-refresh', bed.dir)
const client = await apiUser(cluster.kubeconfig, 16)
t.teardown(client.close)
let provision = await startProvision(account, { secret: secretName })
t.teardown(() => stop('SIGKILL'))

async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  provision.kill(signal)
  return provision.ended
}

async function restart(kubeconfig = account): Promise<void> {
  provision = await startProvision(kubeconfig, { secret: secretName })
}

/** Creates namespaces at the same time. */
async function create(names: readonly string[], value: string = enabledValue, notes: Record<string, string> = {}): Promise<void> {
  await Promise.all(
    names.map(async name => {
      const metadata = { name, labels: { [labels.namespace]: value }, annotations: notes }
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata })
      const { status } = await client.request({ method: 'POST', path: '/api/v1/namespaces', body })
      if (status !== 201) throw new Error(`HTTP ${status} on creating namespace ${name}`)
    }),
  )
}

async function exists(namespace: string, name = secretName): Promise<boolean> {
  return (await client.request({ method: 'GET', path: `/api/v1/namespaces/${namespace}/secrets/${name}` })).status === 200
}

const allExist = async (names: readonly string[]) => (await Promise.all(names.map(name => exists(name)))).every(Boolean)
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`)
const events = async (namespace: string) =>
  (await must(kubectl('get', 'events', '-n', namespace, '-o', 'jsonpath={range .items[*]}{.reason}: {.message}{"\\n"}{end}')))
    .trim()
    .split('\n')
    .filter(Boolean)

/** The requests of the provisioner to create Secrets, by namespace and status, as the API server recorded them. */
async function creates(): Promise<{ namespace: string; code: number }[]> {
  const lines = (await readFile(join(cluster.dir, 'audit.log'), 'utf8')).split('\n').filter(line => line.includes(provisionUser))
  return lines
    .map(line => JSON.parse(line))
    .filter(({ verb, stage, objectRef }) => verb === 'create' && stage === 'ResponseComplete' && objectRef.resource === 'secrets')
    .map(({ objectRef, responseStatus }) => ({ namespace: objectRef.namespace, code: responseStatus.code }))
}

t.test('a namespace that is labelled gets a Secret that pulls', async t => {
  await create(['first'])
  await until('the Secret exists', () => exists('first'))
  const { login } = await storedSecret(cluster, { namespace: 'first', name: secretName })
  t.equal(await pullStatus(bed.emulator, ownRegistry, login(ownRegistry)), 200)
  t.strictSame(await events('first'), [])
})

t.test('200 namespaces that are labelled at once all get their Secret, with one call of AWS', async t => {
  const many = names('many', 200)
  const startedMs = performance.now()
  await create(many)
  await until('all Secrets exist', () => allExist(many))
  t.comment(`all Secrets exist after ${Math.round(performance.now() - startedMs)} ms`)
  t.equal(tokenCalls(bed.emulator), 1)
  const asked = (await creates()).filter(({ namespace }) => namespace.startsWith('many-'))
  t.equal(asked.filter(({ code }) => code === 201).length, 200)
  t.comment(`${asked.length} requests`)
})

t.test('the annotation names the Secret, and if it changes or goes, the old Secret stays', async t => {
  await create(['annotated'], enabledValue, { [annotations.pullSecret]: 'own' })
  await until('the Secret exists', () => exists('annotated', 'own'))
  t.notOk(await exists('annotated'), 'the default is not used')
  await must(kubectl('annotate', 'namespace', 'annotated', `${annotations.pullSecret}=other`, '--overwrite'))
  await until('the other Secret exists', () => exists('annotated', 'other'))
  await must(kubectl('annotate', 'namespace', 'annotated', `${annotations.pullSecret}-`))
  await until('the default Secret exists', () => exists('annotated'))
  await must(kubectl('label', 'namespace', 'annotated', `${labels.namespace}-`))
  for (const name of ['own', 'other', secretName]) t.ok(await exists('annotated', name), name)
})

t.test('an API server that restarts causes no further requests for namespaces that have their Secret', async t => {
  await cluster.restartApiServer()
  await create(['after-restart'])
  await until('a new namespace gets its Secret', () => exists('after-restart'))
  t.ok(await provision.metric('ecr_anywhere_provision_ready'))
  t.comment(`${provision.stdout().split('namespaces listed').length - 1} lists; HTTP 410 seen: ${provision.stdout().includes('HTTP 410')}`)
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
  await until('every namespace is done', async () => (await provision.metric('ecr_anywhere_provision_namespaces{state="pending"}')) === 0)
  t.ok((await provision.metric('ecr_anywhere_provision_creates_total{result="exists"}')) >= 200, 'those that exist are left as they are')
})

t.test('two replicas create each Secret once, and write one Event for a cause', async t => {
  const other = await startProvision(account, { secret: secretName })
  t.teardown(async () => {
    other.kill('SIGKILL')
    await other.ended
  })
  const both = names('both', 30)
  await create(both)
  await until('all Secrets exist', () => allExist(both))
  await create(['no-such-tenant'], 'team-z')
  const failing = async (one: typeof other) => (await one.metric('ecr_anywhere_provision_namespaces{state="failing"}')) === 1
  await until('both report the failure', async () => (await failing(other)) && (await failing(provision)))
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

t.test('a namespace that is being deleted is forgotten without an Event', async t => {
  const finalized = { name: 'deleted', finalizers: ['ecr-anywhere.test/hold'] }
  const held = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...finalized, namespace: 'deleted' } }
  await must(kubectl('create', 'namespace', 'deleted'))
  await must(kubectl('create', '-f', '-', manifests(held)))
  await must(kubectl('delete', '--wait=false', 'namespace', 'deleted'))
  await must(kubectl('label', 'namespace', 'deleted', `${labels.namespace}=${enabledValue}`))
  await create(['after-deleted'])
  await until('a later namespace is served', () => exists('after-deleted'))
  t.strictSame(
    (await creates()).filter(({ namespace }) => namespace === 'deleted'),
    [],
  )
  await must(kubectl('patch', 'configmap', '-n', 'deleted', 'deleted', '--type=merge', '-p', '{"metadata":{"finalizers":null}}'))
})

t.test('a name that is not valid is reported by one Event, and asks the API server nothing', async t => {
  await create(['invalid'], enabledValue, { [annotations.pullSecret]: 'Not/Valid' })
  await until('the Event is written', async () => (await events('invalid')).length > 0)
  t.match(await events('invalid'), [
    /^PullSecretNotCreated: found the annotation .*="Not\/Valid" on the namespace; wanted the name of a Secret/,
  ])
  t.strictSame(
    (await creates()).filter(({ namespace }) => namespace === 'invalid'),
    [],
  )
})

t.test('a quota, and another policy that refuses the Secret, are reported, and served once they are gone', async t => {
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { namespace: 'full', name: 'none' }, spec: { hard: { secrets: '0' } } }
  await must(kubectl('create', 'namespace', 'full'))
  await must(kubectl('create', '-f', '-', manifests(quota)))
  const usage = ['get', 'resourcequota', '-n', 'full', 'none', '-o', 'jsonpath={.status.hard.secrets}']
  await until('the quota is in force', async () => (await must(kubectl(...usage))) === '0')
  await must(kubectl('create', 'namespace', 'strict'))
  await must(kubectl('apply', '-f', '-', manifests(...strictPolicy('strict'))))
  const plain = ['create', 'secret', 'generic', 'probe', '-n', 'strict', '--dry-run=server']
  await until('the policy is in force', async () => (await kubectl(...plain)).stderr.includes('no Secrets here'))
  for (const name of ['full', 'strict']) await must(kubectl('label', 'namespace', name, `${labels.namespace}=${enabledValue}`))
  await until('both are reported', async () => (await Promise.all(['full', 'strict'].map(events))).every(({ length }) => length > 0))
  t.match(await events('full'), [/HTTP 403 on creating the pull Secret: .*exceeded quota: none/])
  t.match(await events('strict'), [/no Secrets here/])
  const tried = (await creates()).filter(({ namespace }) => namespace === 'full').length
  t.ok(tried > 3 && tried < 15, `${tried} requests in the first seconds`)
  await must(kubectl('delete', 'resourcequota', '-n', 'full', 'none'))
  await must(kubectl('delete', 'validatingadmissionpolicybinding', 'strict'))
  await until('both are served', () => allExist(['full', 'strict']))
})

t.test('refresh creates what was deleted, and reports a Secret of the name that is not managed', async t => {
  await must(kubectl('delete', 'secret', '-n', 'first', secretName))
  await create(['foreign'], enabledValue, { [annotations.pullSecret]: 'none-yet' })
  await must(kubectl('create', 'secret', 'generic', '-n', 'foreign', secretName))
  await must(kubectl('annotate', 'namespace', 'foreign', `${annotations.pullSecret}-`))
  const settings = { CREATE_PULL_SECRETS: 'true', PULL_SECRET: secretName, KUBECONFIG: refresher }
  const { code, stdout, stderr } = await bed.ecrAnywhere(['refresh'], settings)
  t.equal(code, 0, stdout + stderr)
  t.match(stdout, /^pull Secrets: missing 2, created 1; not managed, so left as they are, 1: foreign\/ecr-anywhere-pull$/m)
  t.ok(await exists('first'))
  t.match(await events('foreign'), [/^PullSecretNotManaged: found the Secret foreign\/ecr-anywhere-pull, which is not labelled managed/])
  await bed.ecrAnywhere(['refresh'], settings)
  t.equal((await events('foreign')).length, 1, 'one Event for several runs')
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
  await until('every namespace is done', async () => (await provision.metric('ecr_anywhere_provision_namespaces{state="pending"}')) === 0)
  const asked = (await creates()).length - before
  const changes = (2 * flaps + 1) * flapping.length
  // How many it is depends on how long the changes take: the waits grow with each request. The unit test counts with a clock of its own.
  t.ok(asked >= flapping.length && asked <= changes, `${asked} requests for ${changes} changes of labels`)
})

t.test('SIGTERM ends it with code 0, and it never held a token', async t => {
  t.equal(await stop(), 0)
  for (const secret of bed.secrets) t.notOk((provision.stdout() + provision.stderr()).includes(secret), 'its log')
})

/** Another admission policy of the cluster that refuses every Secret of a namespace. */
function strictPolicy(name: string): object[] {
  const apiVersion = 'admissionregistration.k8s.io/v1'
  const matchConstraints = {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  }
  const validations = [{ expression: 'false', message: 'no Secrets here' }]
  return [
    { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec: { matchConstraints, validations } },
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name, validationActions: ['Deny'] } },
  ]
}
