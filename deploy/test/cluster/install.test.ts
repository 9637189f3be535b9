import { webhookConfigurations } from '@ecr-anywhere/cronjob/certs/kube/bundles.ts'
import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { bedAttestation, bedValues, withoutMutatingPolicies } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { helm, merged, releaseName, releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t from 'tap'
import { clusterForHelm, create, namespaces, policiesInForce } from './helm-bed.ts'

/** What Helm does with the objects of the chart. What the policies among them refuse is in `installed-policies.test.ts`. */
const skip = await withoutMutatingPolicies()
const isAggregated = (await bedAttestation()) === 'aggregated'
const base = await bedValues()
const { cluster, run } = await clusterForHelm(t)
const { kubectl } = cluster
await must(run('install', base))
await policiesInForce(cluster)

t.test('a second release is rejected before it creates anything, and the message names the first release', async t => {
  for (const namespace of [namespaces.plain, releaseNamespace]) {
    const { code, stderr } = await run('install', base, 'other', namespace)
    t.equal(code, 1)
    t.match(stderr, /exists and cannot be imported into the current release.*current value is "pull"/)
  }
  t.equal((await kubectl('get', 'deployment', '-n', namespaces.plain, '-o', 'name')).stdout, '')
})

t.test('an upgrade adds and removes all objects of a tenant', async t => {
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
    await must(run('upgrade', merged(base, { tenants: tenants.map(name => ({ name })) })))
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

t.test('after an uninstall no object of the chart is left', async t => {
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
  await until('the policies are gone', async () => (await create(cluster, { namespace: namespaces.enabled })).code === 0)
})
