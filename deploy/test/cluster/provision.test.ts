import { tokenCalls } from '@ecr-anywhere/scripts/testbed/aws-calls.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { accountKubeconfig } from '@ecr-anywhere/scripts/testbed/provision-process.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, enabledValue, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { names, secretName, startProvisioned } from './provision-bed.ts'

/** Which Secrets the provisioner creates, and what it reports if it cannot. Restarts are in `provision-restarts.test.ts`. */
const { bed, cluster, provision, stop, create, exists, allExist, events, creates } = await startProvisioned(t)
const { kubectl } = cluster
const refresher = await accountKubeconfig(cluster, 'ecr-anywhere-refresh', bed.dir)

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

t.test('SIGTERM ends it with code 0, and it never held a token', async t => {
  t.equal(await stop(), 0)
  for (const secret of bed.secrets) t.notOk((provision().stdout() + provision().stderr()).includes(secret), 'its log')
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
