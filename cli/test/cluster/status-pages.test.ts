import { createAll, filledSecret, pullingPod } from '@ecr-anywhere/scripts/testbed/bulk.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { ecrAnywhere } from '@ecr-anywhere/scripts/testbed/command.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

/** More than two pages of Secrets and more than ten pages of pods. The time and the memory of 10,000 are measured by `npm run bench`. */
const count = 1_100
const namespaces = Array.from({ length: 4 }, (_, at) => `pages-${at}`)

const { kubectl, kubeconfig } = await clusterFor(t)
const nowMs = Date.now()
const enabled = { [labels.namespace]: 'enabled' }
await must(
  kubectl(
    'apply',
    '-f',
    '-',
    manifests(...namespaces.map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: enabled } }))),
  ),
)
t.teardown(() => kubectl('delete', 'namespace', '--wait=false', ...namespaces))
await until('each namespace has its ServiceAccount', async () => {
  const found = await must(kubectl('get', 'serviceaccounts', '-A', '-o', 'name', '--field-selector', 'metadata.name=default'))
  return found.trim().split('\n').length >= namespaces.length
})
const numbered = Array.from({ length: count }, (_, at) => ({ at, namespace: namespaces[at % namespaces.length] ?? '' }))
await createAll(
  kubeconfig,
  numbered.map(({ at, namespace }) => filledSecret(namespace, `pull-${at}`, nowMs)),
)
await createAll(
  kubeconfig,
  numbered.map(({ at, namespace }) => pullingPod(namespace, `pod-${at}`, `pull-${at}`)),
)

t.test(`each of ${count} Secrets is shown once, with the pod that uses it`, async t => {
  const { code, stdout, stderr } = await ecrAnywhere(['status', '-A', '-o', 'json'], { KUBECONFIG: kubeconfig })
  t.equal(code, 0, stderr)
  const { secrets }: { secrets: { name: string; state: string; usedBy: { pods: string[] } }[] } = JSON.parse(stdout)
  t.equal(secrets.length, count)
  t.equal(new Set(secrets.map(({ name }) => name)).size, count)
  for (const { name, state, usedBy } of secrets) {
    if (state !== 'Fresh' || usedBy.pods.join() !== name.replace('pull', 'pod')) t.fail(`${name} is ${state}, used by ${usedBy.pods}`)
  }
})
