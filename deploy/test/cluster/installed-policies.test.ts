import { serverVersion } from '@ecr-anywhere/scripts/cluster/server-version.ts'
import { bedAttestation, bedValues, withoutMutatingPolicies } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import type { Cluster } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { releaseNamespace, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { apiServiceName, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { clusterForHelm, create, injected, namespaces, notCalled, policiesInForce, type SecretParts } from './helm-bed.ts'

/** What the policies of the chart refuse and allow in a cluster in which no webhook answers. */
const skip = await withoutMutatingPolicies()
const isAggregated = (await bedAttestation()) === 'aggregated'
const { managed } = labels
const ticket = 'dGlja2V0LW9mLWEtdGVzdA=='
const doomed = 'ecr-doomed'
const base = await bedValues()
const { cluster, run } = await clusterForHelm(t)
const { kubectl } = cluster
// These Secrets look as the webhook left them when the namespace was enabled.
t.teardown(() => kubectl('delete', '--ignore-not-found', 'namespace', doomed))
await must(kubectl('create', 'namespace', doomed))
await stored(cluster, { name: 'one', finalizers: ['example.com/hold'] })
await stored(cluster, { name: 'three', namespace: doomed })
for (const name of ['two', 'guarded', 'due']) await stored(cluster, { name })
await must(run('install', base))
await policiesInForce(cluster)

t.test('the API server reports no type error in any expression', async t => {
  const isChecked = async () => (await validatingPolicies(cluster)).every(({ status }) => status?.observedGeneration !== undefined)
  await until('the API server has checked the policies', isChecked)
  const policies = await validatingPolicies(cluster)
  const rendered = await render(base, await serverVersion())
  const names = rendered.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy').map(({ metadata }) => metadata.name)
  t.same(policies.map(({ metadata }) => metadata.name).sort(), names.sort())
  for (const { metadata, status } of policies) t.strictSame(status?.typeChecking ?? {}, {}, metadata.name)
})

t.test('a Secret without injected credentials is denied, except in a dry run', async t => {
  for (const type of ['Opaque', 'kubernetes.io/dockerconfigjson', 'kubernetes.io/basic-auth']) {
    const data = type.endsWith('json') ? { '.dockerconfigjson': 'e30=' } : { username: 'QVdT', password: 'QVdT' }
    const { code, stderr } = await create(cluster, { namespace: namespaces.plain, type, data })
    t.equal(code, 1)
    t.match(stderr, notCalled)
    t.equal((await create(cluster, { namespace: namespaces.plain, type, data }, '--dry-run=server')).code, 0)
  }
  t.equal(
    (await create(cluster, { namespace: namespaces.plain, name: 'unrelated', labels: {} })).code,
    0,
    'unmanaged Secrets are not restricted',
  )
})

t.test('without the ticket Secret a Secret is denied, and the message names the ticket Secret', { skip }, async t => {
  const { code, stderr } = await create(cluster, { namespace: namespaces.enabled })
  t.equal(code, 1)
  t.match(stderr, 'ecr-anywhere-tenant-default.needs-secret-ecr-anywhere-tickets')
})

t.test('while the webhook is not registered, no ticket is stored or shown', async t => {
  const tickets = { namespace: releaseNamespace, name: 'ecr-anywhere-tickets', labels: {}, data: { default: ticket } }
  await must(create(cluster, tickets))
  await must(kubectl('delete', 'mutatingwebhookconfiguration', `ecr-anywhere-${isAggregated ? 'aggregated-' : ''}tenant-default`))
  await until('the webhook is no longer registered', async () =>
    (await create(cluster, { namespace: namespaces.enabled })).stderr.includes(notCalled),
  )
  // In a dry run, only a Secret with a ticket is denied.
  const dryRuns = skip ? [] : [['--dry-run=server'], ['--dry-run=server', '--output=yaml']]
  for (const flags of [[], ...dryRuns]) {
    const { code, stdout, stderr } = await create(cluster, { namespace: namespaces.enabled }, ...flags)
    t.equal(code, 1)
    t.match(stderr, notCalled)
    t.notMatch(stdout + stderr, ticket)
  }
  const forged = {
    namespace: namespaces.plain,
    name: 'forged',
    labels: {},
    annotations: { 'ecr-anywhere.centml.ai/attestation': 'forged' },
  }
  for (const flags of [[], ['--dry-run=server']]) t.match((await create(cluster, forged, ...flags)).stderr, notCalled)
})

t.test('a managed Secret can be unlabelled, finalized and deleted, and so can its namespace', async t => {
  t.equal((await kubectl('annotate', 'secret', 'one', '-n', namespaces.plain, 'a=b')).code, 0)
  await must(kubectl('delete', 'secret', 'one', '-n', namespaces.plain, '--wait=false'))
  await must(kubectl('patch', 'secret', 'one', '-n', namespaces.plain, '--type=merge', '-p', '{"metadata":{"finalizers":null}}'))
  t.match((await kubectl('get', 'secret', 'one', '-n', namespaces.plain)).stderr, /NotFound/)
  await must(kubectl('label', 'secret', 'two', '-n', namespaces.plain, `${managed}-`, '--overwrite'))
  await must(kubectl('label', 'namespace', doomed, 'ecr-anywhere.centml.ai/namespace=enabled'))
  // Without a webhook, an aggregated API blocks the deletion of every namespace. This is the remedy of the security page.
  if (isAggregated) await must(kubectl('delete', 'apiservice', apiServiceName))
  await must(kubectl('delete', 'namespace', doomed, '--timeout=60s'))
})

t.test('a user who may write but not read Secrets is denied, and a user who may get the Secret by its name is not', async t => {
  await must(kubectl('create', 'role', 'writer', '-n', namespaces.plain, '--verb=create,update,patch', '--resource=secrets'))
  await must(kubectl('create', 'rolebinding', 'writer', '-n', namespaces.plain, '--role=writer', '--user=writer', '--user=reader'))
  await must(kubectl('create', 'role', 'reader', '-n', namespaces.plain, '--verb=get', '--resource=secrets', '--resource-name=guarded'))
  await must(kubectl('create', 'rolebinding', 'reader', '-n', namespaces.plain, '--role=reader', '--user=reader'))
  const guarded = (user: string, parts: SecretParts) => applied(cluster, user, { name: 'guarded', ...parts })
  await until('RBAC allows the reader to read', async () => (await guarded('reader', { annotations: { a: 'b' } })).includes('a: b'))
  for (const parts of [{ annotations: { a: 'c' } }, { labels: { [managed]: 'no' } }])
    t.match(await guarded('writer', parts), /the answer would show you credentials/)
  for (const secret of [{ name: 'new' }, { name: '', generateName: 'new-' }]) {
    // This is a dry run, because no managed Secret can be created in a namespace that is not enabled.
    const created = await create(cluster, { namespace: namespaces.plain, ...injected, ...secret }, '--as=writer', '--dry-run=server')
    t.match(created.stderr, /the answer would show you credentials/)
  }
  t.equal(
    (await create(cluster, { namespace: namespaces.plain, name: 'own', labels: {} }, '--as=writer')).code,
    0,
    'unmanaged Secrets are not restricted',
  )
})

t.test('the refresher may update only a Secret that was managed and remains managed', async t => {
  const refresher = `system:serviceaccount:${releaseNamespace}:ecr-anywhere-refresh`
  const touch = { annotations: { 'ecr-anywhere.centml.ai/marked_for_update_at': '2026-01-01T00:00:00Z' } }
  t.match(await applied(cluster, refresher, { name: 'due', ...touch }), 'marked_for_update_at: "2026')
  const only = /the refresher may only update Secrets that were and stay managed/
  t.match(await applied(cluster, refresher, { name: 'due', labels: { [managed]: 'no' } }), only)
  t.match(await applied(cluster, refresher, { name: 'unrelated', ...touch }), only)
  t.match(await applied(cluster, refresher, { name: 'unrelated', ...injected, labels: { [managed]: 'true' } }), /is forbidden: Validating/)
})

t.test('the API server reports a type error for a faulty expression', async t => {
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'ecr-anywhere-faulty' },
    spec: {
      matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] }] },
      validations: [{ expression: 'object.metadata.?labels[' }],
    },
  }
  const { code, stderr } = await kubectl('create', '--dry-run=server', '-f', '-', { input: JSON.stringify(policy) })
  t.equal(code, 1)
  t.match(stderr, /compilation failed/)
})

async function stored(cluster: Cluster, parts: SecretParts): Promise<void> {
  await must(create(cluster, { namespace: namespaces.plain, ...injected, ...parts }))
}

/** Writes by server-side apply, which is a single PATCH: kubectl reads the object before other writes. @returns the answer or the error */
async function applied({ kubectl }: Cluster, user: string, { name, labels, annotations }: SecretParts): Promise<string> {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: namespaces.plain, labels, annotations } }
  const flags = ['--server-side', '--force-conflicts', '--output=yaml', `--as=${user}`]
  const { stdout, stderr } = await kubectl('apply', ...flags, '-f', '-', { input: JSON.stringify(secret) })
  return stdout + stderr
}

async function validatingPolicies({ kubectl }: Cluster) {
  const listed = await must(kubectl('get', 'validatingadmissionpolicies', '-l', 'app.kubernetes.io/name=ecr-anywhere', '-o', 'json'))
  return JSON.parse(listed).items as { metadata: { name: string }; status?: { observedGeneration?: number; typeChecking?: object } }[]
}
