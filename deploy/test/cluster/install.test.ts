import { webhookConfigurations } from '@ecr-anywhere/cronjob/certs/kube/bundles.ts'
import { serverVersion } from '@ecr-anywhere/scripts/cluster/server-version.ts'
import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { bedAttestation, bedValues, withoutMutatingPolicies } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { type Cluster, clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { chart, helm, merged, releaseName, releaseNamespace, render, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { apiServiceName } from '@ecr-anywhere/shared/names.ts'
import { test } from 'tap'

const skip = await withoutMutatingPolicies()
const isAggregated = (await bedAttestation()) === 'aggregated'
const base = await bedValues()
const managed = 'ecr-anywhere.centml.ai/managed'
const notCalled = 'the webhook was not called for this Secret, so it was not stored: is the namespace enabled, is the webhook registered?'
const ticket = 'dGlja2V0LW9mLWEtdGVzdA=='

/** This cluster has no node that could run the hook Jobs, so the test covers only the objects of the chart itself. */
test('Helm installs the chart on a cluster without a node', async t => {
  const cluster = await clusterFor(t)
  const { kubectl } = cluster
  const install = (verb: string, name: string, namespace: string, values: Values) =>
    helm([verb, name, chart, '--no-hooks', '--namespace', namespace], { values, kubeconfig: cluster.kubeconfig })
  const namespaces = { [releaseNamespace]: undefined, 'ecr-enabled': 'enabled', 'ecr-plain': undefined }
  t.teardown(() => kubectl('delete', '--ignore-not-found', 'namespace', ...Object.keys(namespaces)))
  t.teardown(() => helm(['uninstall', releaseName, '--no-hooks', '--namespace', releaseNamespace], { kubeconfig: cluster.kubeconfig }))
  for (const [name, value] of Object.entries(namespaces)) {
    await must(kubectl('create', 'namespace', name))
    if (value !== undefined) await must(kubectl('label', 'namespace', name, `ecr-anywhere.centml.ai/namespace=${value}`))
  }
  // These Secrets look as the webhook left them when the namespace was enabled.
  await must(kubectl('create', 'namespace', 'ecr-doomed'))
  await stored(cluster, { name: 'one', finalizers: ['example.com/hold'] })
  await stored(cluster, { name: 'three', namespace: 'ecr-doomed' })
  for (const name of ['two', 'guarded', 'due']) await stored(cluster, { name })
  const names = (await render(base, await serverVersion()))
    .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
    .map(({ metadata }) => metadata.name)
  await must(install('install', releaseName, releaseNamespace, base))
  const isRefused = async (parts: SecretParts) => (await create(cluster, parts)).stderr.includes(notCalled)
  await until('the policies are in force', () => isRefused({ namespace: 'ecr-plain', name: 'early' }))

  await t.test('the API server reports no type error in any expression', async t => {
    const isChecked = async () => (await validatingPolicies(cluster)).every(({ status }) => status?.observedGeneration !== undefined)
    await until('the API server has checked the policies', isChecked)
    const policies = await validatingPolicies(cluster)
    t.same(policies.map(({ metadata }) => metadata.name).sort(), names.sort())
    for (const { metadata, status } of policies) t.strictSame(status?.typeChecking ?? {}, {}, metadata.name)
  })

  await t.test('a Secret without injected credentials is denied, except in a dry run', async t => {
    for (const type of ['Opaque', 'kubernetes.io/dockerconfigjson', 'kubernetes.io/basic-auth']) {
      const data = type.endsWith('json') ? { '.dockerconfigjson': 'e30=' } : { username: 'QVdT', password: 'QVdT' }
      const { code, stderr } = await create(cluster, { namespace: 'ecr-plain', type, data })
      t.equal(code, 1)
      t.match(stderr, notCalled)
      t.equal((await create(cluster, { namespace: 'ecr-plain', type, data }, '--dry-run=server')).code, 0)
    }
    t.equal(
      (await create(cluster, { namespace: 'ecr-plain', name: 'unrelated', labels: {} })).code,
      0,
      'unmanaged Secrets are not restricted',
    )
  })

  await t.test('without the ticket Secret a Secret is denied, and the message names the ticket Secret', { skip }, async t => {
    const { code, stderr } = await create(cluster, { namespace: 'ecr-enabled' })
    t.equal(code, 1)
    t.match(stderr, 'ecr-anywhere-tenant-default.needs-secret-ecr-anywhere-tickets')
  })

  await t.test('while the webhook is not registered, no ticket is stored or shown', async t => {
    const tickets = { namespace: releaseNamespace, name: 'ecr-anywhere-tickets', labels: {}, data: { default: ticket } }
    await must(create(cluster, tickets))
    await must(kubectl('delete', 'mutatingwebhookconfiguration', `ecr-anywhere-${isAggregated ? 'aggregated-' : ''}tenant-default`))
    await until('the webhook is no longer registered', () => isRefused({ namespace: 'ecr-enabled' }))
    // In a dry run, only a Secret with a ticket is denied.
    const dryRuns = skip ? [] : [['--dry-run=server'], ['--dry-run=server', '--output=yaml']]
    for (const flags of [[], ...dryRuns]) {
      const { code, stdout, stderr } = await create(cluster, { namespace: 'ecr-enabled' }, ...flags)
      t.equal(code, 1)
      t.match(stderr, notCalled)
      t.notMatch(stdout + stderr, ticket)
    }
    const forged = { namespace: 'ecr-plain', name: 'forged', labels: {}, annotations: { 'ecr-anywhere.centml.ai/attestation': 'forged' } }
    for (const flags of [[], ['--dry-run=server']]) t.match((await create(cluster, forged, ...flags)).stderr, notCalled)
  })

  await t.test('a managed Secret can be unlabelled, finalized and deleted, and so can its namespace', async t => {
    t.equal((await kubectl('annotate', 'secret', 'one', '-n', 'ecr-plain', 'a=b')).code, 0)
    await must(kubectl('delete', 'secret', 'one', '-n', 'ecr-plain', '--wait=false'))
    await must(kubectl('patch', 'secret', 'one', '-n', 'ecr-plain', '--type=merge', '-p', '{"metadata":{"finalizers":null}}'))
    t.match((await kubectl('get', 'secret', 'one', '-n', 'ecr-plain')).stderr, /NotFound/)
    await must(kubectl('label', 'secret', 'two', '-n', 'ecr-plain', `${managed}-`, '--overwrite'))
    await must(kubectl('label', 'namespace', 'ecr-doomed', 'ecr-anywhere.centml.ai/namespace=enabled'))
    // Without a webhook, an aggregated API blocks the deletion of every namespace. This is the remedy of the security page.
    if (isAggregated) await must(kubectl('delete', 'apiservice', apiServiceName))
    await must(kubectl('delete', 'namespace', 'ecr-doomed', '--timeout=60s'))
  })

  await t.test('a user who may write but not read Secrets is denied, and a user who may get the Secret by its name is not', async t => {
    await must(kubectl('create', 'role', 'writer', '-n', 'ecr-plain', '--verb=create,update,patch', '--resource=secrets'))
    await must(kubectl('create', 'rolebinding', 'writer', '-n', 'ecr-plain', '--role=writer', '--user=writer', '--user=reader'))
    await must(kubectl('create', 'role', 'reader', '-n', 'ecr-plain', '--verb=get', '--resource=secrets', '--resource-name=guarded'))
    await must(kubectl('create', 'rolebinding', 'reader', '-n', 'ecr-plain', '--role=reader', '--user=reader'))
    const guarded = (user: string, parts: SecretParts) => applied(cluster, user, { name: 'guarded', ...parts })
    await until('RBAC allows the reader to read', async () => (await guarded('reader', { annotations: { a: 'b' } })).includes('a: b'))
    for (const parts of [{ annotations: { a: 'c' } }, { labels: { [managed]: 'no' } }])
      t.match(await guarded('writer', parts), /the answer would show you credentials/)
    for (const secret of [{ name: 'new' }, { name: '', generateName: 'new-' }]) {
      // This is a dry run, because no managed Secret can be created in a namespace that is not enabled.
      const created = await create(cluster, { namespace: 'ecr-plain', ...injected, ...secret }, '--as=writer', '--dry-run=server')
      t.match(created.stderr, /the answer would show you credentials/)
    }
    t.equal(
      (await create(cluster, { namespace: 'ecr-plain', name: 'own', labels: {} }, '--as=writer')).code,
      0,
      'unmanaged Secrets are not restricted',
    )
  })

  await t.test('the refresher may update only a Secret that was managed and remains managed', async t => {
    const refresher = `system:serviceaccount:${releaseNamespace}:ecr-anywhere-refresh`
    const touch = { annotations: { 'ecr-anywhere.centml.ai/marked_for_update_at': '2026-01-01T00:00:00Z' } }
    t.match(await applied(cluster, refresher, { name: 'due', ...touch }), 'marked_for_update_at: "2026')
    const only = /the refresher may only update Secrets that were and stay managed/
    t.match(await applied(cluster, refresher, { name: 'due', labels: { [managed]: 'no' } }), only)
    t.match(await applied(cluster, refresher, { name: 'unrelated', ...touch }), only)
    t.match(
      await applied(cluster, refresher, { name: 'unrelated', ...injected, labels: { [managed]: 'true' } }),
      /is forbidden: Validating/,
    )
  })

  await t.test('a second release is rejected before it creates anything, and the message names the first release', async t => {
    for (const namespace of ['ecr-plain', releaseNamespace]) {
      const { code, stderr } = await install('install', 'other', namespace, base)
      t.equal(code, 1)
      t.match(stderr, /exists and cannot be imported into the current release.*current value is "pull"/)
    }
    t.equal((await kubectl('get', 'deployment', '-n', 'ecr-plain', '-o', 'name')).stdout, '')
  })

  await t.test('an upgrade adds and removes all objects of a tenant', async t => {
    const client = await apiUser(cluster.kubeconfig)
    t.teardown(client.close)
    const ca = await must(
      kubectl(
        'config',
        'view',
        '--raw',
        '-o',
        `go-template={{index (index .clusters 0).cluster "certificate-authority-data" | base64decode}}`,
      ),
    )
    const names = async (kind: string) => (await must(kubectl('get', kind, '-o', 'name'))).match(/(?<=\/)ecr-anywhere-\S+/g) ?? []
    for (const tenants of [['a', 'b'], ['a', 'c'], []]) {
      await must(install('upgrade', releaseName, releaseNamespace, merged(base, { tenants: tenants.map(name => ({ name })) })))
      const prefixes = isAggregated ? ['', 'aggregated-'] : ['']
      const wanted = ['default', ...tenants]
        .flatMap(name => prefixes.flatMap(prefix => [`ecr-anywhere-${prefix}check-${name}`, `ecr-anywhere-${prefix}tenant-${name}`]))
        .sort()
      const ofTenants = ['default', ...tenants].map(name => `ecr-anywhere-tenant-${name}`)
      const policies = ['ecr-anywhere-attach', 'ecr-anywhere-check', 'ecr-anywhere-required-keys', ...ofTenants].sort()
      if (!skip) {
        t.strictSame(await names('mutatingadmissionpolicies'), policies)
        const bindings = await names('mutatingadmissionpolicybindings')
        t.strictSame(
          bindings.map(name => name.replace('.needs-secret-ecr-anywhere-tickets', '')),
          policies,
        )
      }
      t.strictSame(await names('mutatingwebhookconfigurations'), wanted)
      // As `certs` does. It then owns the field, so Helm cannot remove the part of the object that contains it.
      const { publish, readBundles } = webhookConfigurations(client.kubernetes, wanted)
      await publish(ca)
      t.ok((await readBundles()).every(bundle => bundle === ca))
    }
  })

  await t.test('after an uninstall no object of the chart is left', async t => {
    await must(helm(['uninstall', releaseName, '--no-hooks', '--namespace', releaseNamespace], { kubeconfig: cluster.kubeconfig }))
    const policies = [...(skip ? [] : ['mutating']), 'validating'].flatMap(kind => [
      `${kind}admissionpolicies`,
      `${kind}admissionpolicybindings`,
    ])
    const kinds = ['mutatingwebhookconfigurations', ...policies, 'clusterroles', 'clusterrolebindings'].join()
    const left = await must(kubectl('get', kinds, '-l', 'app.kubernetes.io/name=ecr-anywhere', '-o', 'name'))
    const inNamespace = 'deployments,cronjobs,jobs,services,configmaps,serviceaccounts,roles,rolebindings,poddisruptionbudgets'
    const leftThere = await must(
      kubectl('get', inNamespace, '-n', releaseNamespace, '-l', 'app.kubernetes.io/name=ecr-anywhere', '-o', 'name'),
    )
    t.equal(left + leftThere, '')
    await until('the policies are gone', async () => (await create(cluster, { namespace: 'ecr-enabled' })).code === 0)
  })
})

test('the API server reports a type error for a faulty expression', async t => {
  const { kubectl } = await clusterFor(t)
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

interface SecretParts {
  namespace?: string
  name?: string
  generateName?: string
  type?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  data?: Record<string, string>
}

/** Annotations and data as the webhook writes them. */
const injected = { annotations: { 'ecr-anywhere.centml.ai/expires_at': '2026-01-01T00:00:00Z' } }

function create(
  { kubectl }: Cluster,
  { type = 'Opaque', data = {}, labels = { [managed]: 'true' }, ...parts }: SecretParts,
  ...flags: string[]
) {
  const metadata = { name: 'managed', labels, ...parts }
  return kubectl('create', '-f', '-', ...flags, { input: JSON.stringify({ apiVersion: 'v1', kind: 'Secret', type, data, metadata }) })
}

async function stored(cluster: Cluster, parts: SecretParts): Promise<void> {
  await must(create(cluster, { namespace: 'ecr-plain', ...injected, ...parts }))
}

/** Writes by server-side apply, which is a single PATCH: kubectl reads the object before other writes. @returns the answer or the error */
async function applied({ kubectl }: Cluster, user: string, { name, labels, annotations }: SecretParts): Promise<string> {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'ecr-plain', labels, annotations } }
  const flags = ['--server-side', '--force-conflicts', '--output=yaml', `--as=${user}`]
  const { stdout, stderr } = await kubectl('apply', ...flags, '-f', '-', { input: JSON.stringify(secret) })
  return stdout + stderr
}

async function validatingPolicies({ kubectl }: Cluster) {
  const listed = await must(kubectl('get', 'validatingadmissionpolicies', '-l', 'app.kubernetes.io/name=ecr-anywhere', '-o', 'json'))
  return JSON.parse(listed).items as { metadata: { name: string }; status?: { observedGeneration?: number; typeChecking?: object } }[]
}
