import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ageSecrets } from '@ecr-anywhere/scripts/testbed/aged-secrets.ts'
import { pullingPod } from '@ecr-anywhere/scripts/testbed/bulk.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { base, ofKind, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { startKubeProxy } from '@ecr-anywhere/scripts/testbed/recording-proxy.ts'
import { serviceAccount } from '@ecr-anywhere/scripts/testbed/service-account.ts'
import { startCommand } from '@ecr-anywhere/scripts/testbed/started-command.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t from 'tap'

const one = 'status-one'
const two = 'status-two'
const three = 'status-three'
const cluster = await clusterFor(t)
const { kubectl, kubeconfig } = cluster
const bed = await startTestbed({ cluster, id: 'status' })
t.teardown(bed.stop)
const { ecrAnywhere } = bed
const KUBECONFIG = kubeconfig
const status = (...args: string[]) => ecrAnywhere(['status', ...args], { KUBECONFIG })
const inBed = ['-A', '-l', 'status=test']
const apply = (...objects: object[]) => must(kubectl('apply', '--server-side', '-f', '-', manifests(...objects)))
const labelled = { status: 'test' }
const shown = async (...args: string[]) => {
  const { code, stdout } = await status(...args, '-o', 'json')
  const document = JSON.parse(stdout)
  const states = document.secrets?.map(({ namespace, name, state }: Record<string, string>) => `${namespace}/${name} ${state}`).sort()
  return { code, document, states }
}

await bed.namespace(one)
await bed.namespace(two)
await apply(
  managedSecret({ namespace: one, name: 'fresh', labels: labelled }),
  managedSecret({ namespace: one, name: 'due', labels: labelled }),
)
await ageSecrets(cluster, { namespace: one, names: ['due'], hours: 6.5 })
await apply({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { namespace: one, name: 'builder' },
  imagePullSecrets: [{ name: 'fresh' }],
})
await apply(pullingPod(one, 'web', 'fresh'), pullingPod(one, 'other', 'of-nobody'))

t.test('Secrets that are Fresh or Due are shown with their registries and users, and the exit code is 0', async t => {
  const { code, document, states } = await shown(...inBed)
  t.equal(code, 0)
  t.strictSame(states, [`${one}/due Due`, `${one}/fresh Fresh`])
  const [due, fresh] = document.secrets
  t.match(fresh, {
    context: 'context',
    tenant: 'default',
    registries: [ownRegistry],
    isLongDue: false,
    usedBy: { pods: ['web'], serviceAccounts: ['builder'] },
  })
  t.strictSame(due.usedBy, { pods: [], serviceAccounts: [] })
  t.match(document.namespaces, [{ namespace: one, tenant: 'default', total: 2, counts: { Fresh: 1, Due: 1, Expired: 0 } }])
  t.notOk((await shown(...inBed, '--no-usage')).document.secrets.some((secret: object) => 'usedBy' in secret))
})

t.test('in a pipe the table has no colours, and every line has its whole text', async t => {
  const { code, stdout } = await status(...inBed, '-o', 'wide')
  t.equal(code, 0)
  t.match(stdout, new RegExp(`^${one} +fresh +default +Fresh +in 11h\\d+m +\\S+ ago +${ownRegistry} +web +builder$`, 'm'))
  t.notMatch(stdout, '\u001B')
  t.match((await status('-n', 'default')).stdout, /^No managed Secrets in namespace default; --all-namespaces shows/)
})

t.test('Secrets that need attention are named, and the exit code is 1', async t => {
  await apply(...['long-due', 'expired', 'shared'].map(name => managedSecret({ namespace: two, name, labels: labelled })))
  await ageSecrets(cluster, { namespace: two, names: ['long-due'], hours: 9 })
  await ageSecrets(cluster, { namespace: two, names: ['expired'], hours: 13 })
  await bed.namespace(three, 'nobody')
  const never = managedSecret({ namespace: three, name: 'never', labels: labelled, stringData: { '.dockerconfigjson': '{"auths":{}}' } })
  await apply(never)
  const data = { '.dockerconfigjson': btoa('{"auths":{"a.example":{}}}') }
  const overwritten = managedSecret({ namespace: two, name: 'shared', labels: labelled, data })
  await must(kubectl('apply', '--server-side', '--force-conflicts', '--field-manager=external-secrets', '-f', '-', manifests(overwritten)))
  const { code, document, states } = await shown(...inBed)
  t.equal(code, 1)
  t.strictSame(states, [
    `${one}/due Due`,
    `${one}/fresh Fresh`,
    `${three}/never NeverInjected`,
    `${two}/expired Expired`,
    `${two}/long-due Due`,
    `${two}/shared Conflict`,
  ])
  t.ok(document.secrets.find(({ name }: { name: string }) => name === 'long-due').isLongDue)
  const { stdout } = await status(...inBed)
  t.match(stdout, new RegExp(`^${two}/shared: external-secrets writes its data, too\\.$`, 'm'))
  t.match(stdout, /^4 of 6 Secrets need attention\. `ecr-anywhere doctor` finds the cause\.$/m)
  t.match((await shown('-n', one)).code, 0)
  t.equal((await status('-n', two)).code, 1)
})

t.test('the last runs are shown, with the reason of the latest failure and a suspended CronJob', async t => {
  const cronJobs = ofKind(await render(base), 'CronJob')
  const namespace = 'status-release'
  // They look like objects of a release, of which other tests must find none.
  t.teardown(() => kubectl('delete', '--ignore-not-found', '--wait', 'namespace', namespace))
  await apply(...cronJobs.map(job => ({ ...job, metadata: { ...job.metadata, namespace }, spec: { ...job.spec, schedule: '0 0 1 1 *' } })))
  await must(kubectl('create', 'job', '-n', namespace, '--from=cronjob/ecr-anywhere-refresh', 'run-1'))
  // A Job that has ended must have started, which the controller of Jobs says a moment later.
  const started = ['get', 'job', '-n', namespace, 'run-1', '-o', 'jsonpath={.status.startTime}']
  await until('the Job has started', async () => (await must(kubectl(...started))) !== '')
  const conditions = ['FailureTarget', 'Failed'].map(type => ({
    type,
    status: 'True',
    reason: 'BackoffLimitExceeded',
    message: 'Job has reached the limit',
  }))
  const failed = JSON.stringify({ status: { conditions, failed: 1 } })
  await must(kubectl('patch', 'job', '-n', namespace, 'run-1', '--subresource=status', '--type=merge', '-p', failed))
  await must(kubectl('patch', 'cronjob', '-n', namespace, 'ecr-anywhere-certs', '-p', '{"spec":{"suspend":true}}'))
  const { stdout } = await status(...inBed)
  t.match(stdout, /^refresh +0 0 1 1 \* +\d+s ago, failed +-$/m)
  t.match(stdout, /^The latest run of refresh failed: Job has reached the limit$/m)
  t.match(stdout, /^certs +suspended +none +-$/m)
  t.match(stdout, /^The CronJob ecr-anywhere-certs is suspended, so it does not run\. Run `kubectl patch cronjob -n status-release /m)
})

t.test('only metadata of Secrets is requested, and no data is received', async t => {
  const file = join(bed.dir, 'proxied.kubeconfig')
  const proxy = await startKubeProxy(kubeconfig, file)
  t.teardown(proxy.stop)
  t.equal((await ecrAnywhere(['status', ...inBed], { KUBECONFIG: file })).code, 1)
  const secrets = proxy.recorded.filter(({ url }) => url.includes('/secrets'))
  t.ok(secrets.length > 0)
  t.ok(secrets.every(({ accept }) => accept.includes('as=PartialObjectMetadataList')))
  const { digests } = await storedSecret(cluster, { namespace: one, name: 'fresh' })
  t.ok(digests['.dockerconfigjson'])
  t.notOk(proxy.recorded.some(({ answer }) => /"data":\{"\./.test(answer)))
  t.ok(
    proxy.recorded.every(({ method }) => method === 'GET'),
    'nothing is written',
  )
})

t.test('a fleet is one table, and a cluster that cannot be reached does not hide the others', async t => {
  const config = JSON.parse(await must(kubectl('config', 'view', '--raw', '-o', 'json')))
  const [context] = config.contexts
  const clusters = [...config.clusters, { name: 'gone', cluster: { server: 'https://127.0.0.1:1' } }]
  const contexts = [context, { ...context, name: 'second' }, { name: 'gone', context: { ...context.context, cluster: 'gone' } }]
  const file = join(bed.dir, 'fleet.json')
  await writeFile(file, JSON.stringify({ ...config, clusters, contexts }))
  const args = ['--kubeconfig', file, '-n', one]
  const two = await status(...args, '--context', context.name, '--context', 'second')
  t.equal(two.code, 0)
  t.match(two.stdout, /^CONTEXT +NAMESPACE +NAME/)
  t.equal(two.stdout.match(/ fresh /g)?.length, 2)
  const three = await status(...args, '--context', context.name, '--context', 'gone')
  t.equal(three.code, 1)
  t.match(three.stdout, / fresh [\s\S]*^gone: found ECONNREFUSED from the API server at 127\.0\.0\.1:1/m)
  const alone = await status(...args, '--context', 'gone')
  t.match(alone, {
    code: 1,
    stdout: '',
    stderr: /^ecr-anywhere: found ECONNREFUSED from the API server at 127\.0\.0\.1:1; wanted an answer\. [^\n]*\n$/,
  })
  const json = await status(...args, '--context', 'gone', '-o', 'json')
  t.match(JSON.parse(json.stdout), { error: /ECONNREFUSED/ })
})

const faulty: [about: string, args: string[], said: RegExp][] = [
  [
    'an unknown context',
    ['--context', 'nobody'],
    /found no context "nobody" in the kubeconfig; wanted one of \w+\. See `kubectl config get-contexts`/,
  ],
  ['an unknown namespace', ['-n', 'nobody'], /found no namespace nobody; wanted a namespace of this cluster\. See `kubectl get namespaces/],
  ['a missing kubeconfig', ['--kubeconfig', '/nowhere'], /found the kubeconfig \/nowhere, which cannot be read \(ENOENT\)/],
  ['an unknown format', ['-o', 'xml'], /--output: found "xml", wanted table, wide, json, yaml/],
  ['both -n and -A', ['-A', '-n', 'a'], /--all-namespaces: found it together with --namespace/],
  ['--watch with JSON', ['--watch', '-o', 'yaml'], /--watch: found it together with --output yaml/],
]

for (const [about, args, said] of faulty) {
  t.test(`${about}: one sentence, exit code 2 and no stack trace, except with --debug`, async t => {
    const { code, stdout, stderr } = await status(...args)
    t.equal(code, 2)
    t.match(stdout + stderr, said)
    t.notMatch(stderr, /^ {4}at /m)
    t.match((await status(...args, '--debug')).stderr, /^ {4}at /m)
  })
}

t.test('a user without rights reads which right is missing', async t => {
  const file = join(bed.dir, 'poor.kubeconfig')
  await serviceAccount(cluster, { namespace: one, name: 'poor', file })
  const poor = (...args: string[]) => ecrAnywhere(['status', ...args], { KUBECONFIG: file })
  const none = await poor('-n', one)
  t.equal(none.code, 1)
  t.match(none.stderr, /found HTTP 403 on listing .*cannot list resource "secrets".* in the namespace "status-one"/)
  await must(kubectl('create', 'role', '-n', one, 'lister', '--verb=list', '--resource=secrets'))
  await must(kubectl('create', 'rolebinding', '-n', one, 'lister', '--role=lister', `--serviceaccount=${one}:poor`))
  const some = await poor('-n', one)
  t.equal(some.code, 0)
  t.match(some.stdout, / fresh /)
  t.match(some.stdout, /^cannot tell which pods .*: needs the right to list pods and serviceaccounts in namespace status-one$/m)
  t.match(some.stdout, /^cannot tell the tenants of the namespaces: needs the right to get namespace status-one$/m)
  t.match(some.stdout, /^cannot tell the last runs of refresh and certs: needs the right to list cronjobs\.batch in all namespaces$/m)
})

t.test('--watch repeats it until it is stopped', async t => {
  const watching = startCommand(['status', '--watch', '-n', one], { KUBECONFIG })
  await until('the table is written twice', () => (watching.stdout().match(/ fresh /g)?.length ?? 0) >= 2)
  watching.kill('SIGINT')
  t.not(await watching.ended, 0)
})
