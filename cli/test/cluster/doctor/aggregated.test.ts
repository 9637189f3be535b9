import { type AttestedTestbed, find, startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { apiServiceName } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { openCluster } from '../../../src/cluster/kube/open-cluster.ts'
import { checks } from '../../../src/doctor/checks/checks.ts'
import { diagnose } from '../../../src/doctor/diagnosis.ts'
import { factsOf } from '../../../src/doctor/facts/facts.ts'
import { findingText } from '../../../src/findings/finding.ts'
import { expectedAs } from './world.ts'

/** The webhook as an aggregated API. Here it has no pods, so only the checks of this mode are run. */
const bed = await startAttested(t, { mode: 'aggregated' })
const { kubectl, kubeconfig } = bed.cluster
const apply = (...objects: object[]) => must(kubectl('apply', '--server-side', '--force-conflicts', '-f', '-', manifests(...objects)))
await apply(checkConfigMap(bed), find(bed.rendered, 'Deployment', 'ecr-anywhere-webhook'))
const cluster = await openCluster({ file: kubeconfig })
t.teardown(cluster.close)
const ids = ['front-proxy', 'api-service', 'api-service-available', 'rights-webhook', 'ca-bundle', 'rights-certs']
const examine = () =>
  diagnose(
    checks.filter(({ id }) => ids.includes(id)),
    factsOf(cluster, { releaseNamespace: undefined, nowMs: Date.now, pause: async () => {} }),
  )

t.test('no link of this mode is broken', async t => {
  await until('the APIService is available', async () => (await examine()).cause === undefined)
  const { results } = await examine()
  t.strictSame(
    results.filter(({ state }) => state === 'failed'),
    [],
  )
})

const links: [id: string, said: RegExp, breakLink: () => Promise<unknown>, heal: () => Promise<unknown>][] = [
  [
    'front-proxy',
    /no requestheader-client-ca-file in the ConfigMap kube-system\/extension-apiserver-authentication/,
    // The API server writes it again within a minute.
    () => patched('configmap', 'extension-apiserver-authentication', { data: { 'requestheader-client-ca-file': '' } }, '-n', 'kube-system'),
    async () => {},
  ],
  [
    'api-service',
    /the APIService v1\.admission\.ecr-anywhere\.centml\.ai with another value of spec\.versionPriority/,
    () => patched('apiservice', apiServiceName, { spec: { versionPriority: 99 } }),
    () => apply(...bed.registrations),
  ],
  [
    'api-service-available',
    /the APIService \S+, which is not available|changes back and forth/,
    () => bed.webhook().stop('SIGKILL'),
    () => bed.restartWebhook(),
  ],
  [
    'rights-webhook',
    /ecr-anywhere-webhook may not get configmaps extension-apiserver-authentication in namespace kube-system/,
    () => must(kubectl('delete', 'rolebinding', '-n', 'kube-system', 'ecr-anywhere-webhook')),
    () => apply(...bed.registrations),
  ],
]

for (const [id, said, breakLink, heal] of links) {
  t.test(`${id} is named first`, async t => {
    await breakLink()
    const cause = await until(`${id} is the cause`, async () => {
      const found = (await examine()).cause
      return found?.id === id && found
    })
    t.match(findingText(cause), said)
    await heal()
    await until('the link is healed', async () => (await examine()).cause?.id !== id)
  })
}

function patched(kind: string, name: string, patch: object, ...flags: string[]): Promise<unknown> {
  return must(kubectl('patch', kind, name, '--type=merge', '-p', JSON.stringify(patch), ...flags))
}

function checkConfigMap({ rendered, registrations }: AttestedTestbed): object {
  const object = find(rendered, 'ConfigMap', 'ecr-anywhere-check')
  const metadata = { ...object.metadata, namespace: releaseNamespace }
  return { ...object, metadata, data: { 'expected.json': JSON.stringify(expectedAs(object, registrations)) } }
}
