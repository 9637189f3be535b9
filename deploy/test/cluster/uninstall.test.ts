import { type Cluster, clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { base, chart, helm, merged, releaseName, releaseNamespace, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { test } from 'tap'

const elsewhere = 'ecr-uninstall'
const secret = (namespace: string) => ({ namespace, name: 'ecr-pull' })
/** Without the hooks of `certs`, which cannot finish on a cluster without a node. */
const withoutCerts = {
  tls: { mode: 'certManager', certManager: { issuer: { name: 'internal-ca' } } },
  attestation: { mode: 'none' },
  check: { enabled: false },
}

test('after a failed install or upgrade, an uninstall leaves no object of the chart', async t => {
  const cluster = await clusterFor(t)
  const { kubectl, kubeconfig } = cluster
  t.teardown(() => kubectl('delete', '--ignore-not-found', 'namespace', releaseNamespace, elsewhere))
  for (const name of [releaseNamespace, elsewhere]) await must(kubectl('create', 'namespace', name))
  const run = (verb: string, values: Values, ...flags: string[]) =>
    helm([verb, releaseName, chart, '--namespace', releaseNamespace, ...flags], { values: merged(base, values), kubeconfig })
  const uninstall = () => must(helm(['uninstall', releaseName, '--namespace', releaseNamespace], { kubeconfig }))
  const left = () => leftOf(cluster)

  await t.test('an upgrade with a namespace that does not exist creates nothing, and the message names the namespace', async t => {
    await must(run('install', {}, '--no-hooks'))
    const before = await left()
    for (const values of [{ secrets: [secret(elsewhere), secret('missing')] }, { refresh: { namespaces: [elsewhere, 'missing'] } }]) {
      const { code, stderr } = await run('upgrade', values)
      t.equal(code, 1)
      t.match(stderr, 'namespaces "missing" not found')
      t.same(await left(), before)
    }
    await must(run('upgrade', {}, '--no-hooks'))
    await uninstall()
    t.same(await left(), [])
  })

  await t.test('the same holds for an install', async t => {
    const { code, stderr } = await run('install', { secrets: [secret(elsewhere), secret('missing')] })
    t.equal(code, 1)
    t.match(stderr, 'namespaces "missing" not found')
    await uninstall()
    t.same(await left(), [])
  })

  await t.test('an install whose certs Job fails can be uninstalled', async t => {
    t.equal((await run('install', {}, '--timeout', '5s')).code, 1)
    t.same(await left(), [], 'the service account and the roles of the Job are deleted before the release is')
    await uninstall()
    t.same(await left(), [])
  })

  await t.test('an upgrade whose Secrets Job fails can be uninstalled', async t => {
    t.teardown(() => kubectl('delete', '-f', '-', manifests(certificates)))
    await must(kubectl('apply', '-f', '-', manifests(certificates)))
    await must(kubectl('wait', '--for=condition=Established', '--timeout=60s', `crd/${certificates.metadata.name}`))
    await must(run('install', withoutCerts))
    const before = await left()
    const { code, stderr } = await run('upgrade', merged(withoutCerts, { secrets: [secret(elsewhere)] }), '--timeout', '5s')
    t.equal(code, 1)
    t.match(stderr, 'Job/ecr-release/ecr-anywhere-secrets not ready')
    t.same(await left(), before)
    await must(run('upgrade', withoutCerts))
    await uninstall()
    t.same(await left(), [])
  })
})

/**
 * All objects with the label of the chart, except Events, which expire, pods, which are deleted with their Job, and Certificates,
 * which are deleted with their CRD.
 */
async function leftOf({ kubectl }: Cluster): Promise<string[]> {
  const kinds = (await must(kubectl('api-resources', '--verbs=list', '-o', 'name'))).trim().split('\n')
  const listed = kinds.filter(kind => !/^(events|componentstatuses|pods|certificates)\b/.test(kind)).join()
  const columns = 'custom-columns=KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name'
  const flags = ['-A', '-l', 'app.kubernetes.io/name=ecr-anywhere', '--no-headers', '-o', columns]
  return (await must(kubectl('get', listed, ...flags))).split('\n').filter(line => line !== '')
}

/** The part of cert-manager that Helm needs to create a Certificate. */
const certificates = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'certificates.cert-manager.io' },
  spec: {
    group: 'cert-manager.io',
    scope: 'Namespaced',
    names: { kind: 'Certificate', plural: 'certificates', singular: 'certificate' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}
