import { serverVersion } from '@ecr-anywhere/scripts/cluster/server-version.ts'
import { bedAttestation } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { type Cluster, clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { merged, podTemplates, type Rendered, releaseNamespace, render, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { unrestricted, variants } from '../variants.ts'

/** The values with which the chart is installed in this test. */
const attestation = { mode: await bedAttestation() }
/** The variants that can be installed on this version of Kubernetes. */
const fitting = Object.entries(variants).filter(([name]) => name !== 'policy' || attestation.mode === 'policy')
const renderHere = async (values: Values) => render(merged({ attestation }, values), await serverVersion())
const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' }

/** Kinds of other projects. Their CustomResourceDefinitions in this test accept any field. */
const foreign = [
  { group: 'cert-manager.io', version: 'v1', kind: 'Certificate' },
  { group: 'monitoring.coreos.com', version: 'v1', kind: 'PodMonitor' },
  { group: 'monitoring.coreos.com', version: 'v1', kind: 'ServiceMonitor' },
  { group: 'monitoring.coreos.com', version: 'v1', kind: 'PrometheusRule' },
]

test('a real API server accepts every rendered object in a namespace that enforces the restricted Pod Security Standard', async t => {
  const cluster = await clusterFor(t)
  const { kubectl } = cluster
  t.teardown(() => kubectl('delete', '--ignore-not-found', 'namespace', releaseNamespace))
  t.teardown(() => kubectl('delete', 'crd', ...foreign.map(nameOf)))
  const metadata = { name: releaseNamespace, labels: restricted }
  await apply(cluster, [{ apiVersion: 'v1', kind: 'Namespace', metadata }, ...foreign.map(definition)])
  await kubectl('wait', '--for=condition=Established', '--timeout=60s', ...foreign.map(one => `crd/${nameOf(one)}`))

  for (const [name, values] of fitting) {
    await t.test(name, async t => {
      const objects = await renderHere(values)
      const { code, stdout, stderr } = await kubectl('apply', '--dry-run=server', '-f', '-', { input: manifest(objects) })
      t.equal(code, 0, stderr)
      t.equal(stdout.trim().split('\n').length, objects.length)
      // The API server accepts a Deployment whose pods it would reject, but returns a warning.
      if (name === unrestricted) t.match(stderr, /would violate PodSecurity "restricted:latest": host namespaces/)
      else t.equal(stderr, '', 'there is no warning')
    })
  }
})

test('a pod of each template is admitted in that namespace, except with hostNetwork', async t => {
  const cluster = await clusterFor(t)
  const namespace = 'ecr-pods'
  t.teardown(() => cluster.kubectl('delete', '--ignore-not-found', 'namespace', namespace))
  await apply(cluster, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: restricted } }])

  for (const [name, values] of fitting) {
    await t.test(name, async t => {
      const templates = podTemplates(await renderHere(values))
      const accounts = templates.map(({ spec }) => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: spec.serviceAccountName, namespace },
      }))
      await apply(cluster, accounts)
      const pods = templates.map(({ from, metadata, spec }) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, namespace, name: from.toLowerCase().replace('/', '-') },
        spec,
      }))
      for (const pod of pods) {
        const { code, stderr } = await cluster.kubectl('create', '-f', '-', { input: JSON.stringify(pod) })
        if (name === unrestricted && pod.metadata.name.startsWith('deployment')) t.match(stderr, /violates PodSecurity "restricted:latest"/)
        else t.equal(code, 0, stderr)
      }
      await cluster.kubectl('delete', 'pods', '--namespace', namespace, '--all', '--force', '--grace-period=0')
    })
  }
})

async function apply({ kubectl }: Cluster, objects: object[]): Promise<void> {
  const { code, stderr } = await kubectl('apply', '--server-side', '-f', '-', { input: objects.map(one => JSON.stringify(one)).join('\n') })
  if (code !== 0) throw new Error(stderr)
}

function manifest(objects: readonly Rendered[]): string {
  return objects.map(object => JSON.stringify(object)).join('\n')
}

function nameOf({ group, kind }: { group: string; kind: string }): string {
  return `${kind.toLowerCase()}s.${group}`
}

function definition({ group, version, kind }: (typeof foreign)[number]) {
  const plural = `${kind.toLowerCase()}s`
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  }
}
