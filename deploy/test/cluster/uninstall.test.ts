import { type Cluster, clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { base, chart, helm, merged, releaseName, releaseNamespace, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { test } from 'tap'

const elsewhere = 'ecr-uninstall'
const secret = (namespace: string) => ({ namespace, name: 'ecr-pull' })
/** No hook of `certs`: without a node none could finish. */
const withoutCerts = {
  tls: { mode: 'certManager', certManager: { issuer: { name: 'internal-ca' } } },
  attestation: { mode: 'none' },
  check: { enabled: false },
}

test('after a failed install or upgrade, uninstalling leaves nothing of the chart behind', async t => {
  const cluster = await clusterFor(t)
  const { kubectl, kubeconfig } = cluster
  t.teardown(() => kubectl('delete', '--ignore-not-found', 'namespace', releaseNamespace, elsewhere))
  for (const name of [releaseNamespace, elsewhere]) await must(kubectl('create', 'namespace', name))
  const run = (verb: string, values: Values, ...flags: string[]) =>
    helm([verb, releaseName, chart, '--namespace', releaseNamespace, ...flags], { values: merged(base, values), kubeconfig })
  const uninstall = () => must(helm(['uninstall', releaseName, '--namespace', releaseNamespace], { kubeconfig }))
  const left = () => leftOf(cluster)

  await t.test('an upgrade names a namespace that does not exist: nothing is made, and the message names it', async t => {
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

  await t.test('so does an install', async t => {
    const { code, stderr } = await run('install', { secrets: [secret(elsewhere), secret('missing')] })
    t.equal(code, 1)
    t.match(stderr, 'namespaces "missing" not found')
    await uninstall()
    t.same(await left(), [])
  })

  await t.test('the Job of certs fails: here it has no node to run on', async t => {
    t.equal((await run('install', {}, '--timeout', '5s')).code, 1)
    t.same(await left(), [], 'its account and its rights are gone before the release is')
    await uninstall()
    t.same(await left(), [])
  })

  await t.test('the Job for Secrets fails', async t => {
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

/** Every object with the chart's label. An Event expires by itself, pods go with their Job, and Certificates with their definition. */
async function leftOf({ kubectl }: Cluster): Promise<string[]> {
  const kinds = (await must(kubectl('api-resources', '--verbs=list', '-o', 'name'))).trim().split('\n')
  const listed = kinds.filter(kind => !/^(events|componentstatuses|pods|certificates)\b/.test(kind)).join()
  const columns = 'custom-columns=KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name'
  const flags = ['-A', '-l', 'app.kubernetes.io/name=ecr-anywhere', '--no-headers', '-o', columns]
  return (await must(kubectl('get', listed, ...flags))).split('\n').filter(line => line !== '')
}

/** As much of cert-manager as Helm needs to make a Certificate. */
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
