import { join } from 'node:path'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { ecrAnywhere } from '@ecr-anywhere/scripts/testbed/command.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { serviceAccount } from '@ecr-anywhere/scripts/testbed/service-account.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const { kubectl, kubeconfig } = await clusterFor(t)
const [namespace, other] = ['names-a', 'names-b']
const secretIn = (place: string, name: string, own: Record<string, string> = { [labels.managed]: 'true' }) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: place, name, labels: own },
})
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace, name: 'app' },
  spec: { containers: [{ name: 'a', image: 'a' }], automountServiceAccountToken: false },
}
// Other files of the suite look at the managed Secrets of all namespaces.
t.teardown(() => kubectl('delete', 'namespace', namespace, other))
for (const name of [namespace, other]) await must(kubectl('create', 'namespace', name))
const limited = join(t.testdir({}), 'kubeconfig')
await serviceAccount({ kubectl, kubeconfig }, { namespace, name: 'limited', file: limited })
await must(
  kubectl('apply', '-f', '-', manifests(secretIn(namespace, 'pull'), secretIn(other, 'pull'), secretIn(namespace, 'unmanaged', {}), pod)),
)

/** The candidates for the last of these words. */
async function candidates(words: string[], file = kubeconfig) {
  const { code, stdout, stderr } = await ecrAnywhere(['__complete', ...words], { KUBECONFIG: file })
  t.equal(code, 0)
  t.match(stdout, /^:4\n$/m)
  return { names: stdout.split('\n').slice(0, -2), stderr }
}

t.test('namespaces, contexts, managed Secrets and pods are completed', async t => {
  t.strictSame((await candidates(['status', '-n', 'names-'])).names, [namespace, other])
  t.strictSame((await candidates(['doctor', '--release-namespace=names-'])).names, [
    `--release-namespace=${namespace}`,
    `--release-namespace=${other}`,
  ])
  t.strictSame((await candidates(['status', '--context', ''])).names, ['context'])
  t.strictSame((await candidates(['verify', 'names-'])).names, [`${namespace}/pull`, `${other}/pull`])
  t.strictSame((await candidates(['verify', '-n', namespace, 'pod/'])).names, ['pod/app'])
})

t.test('whoever may see only one namespace gets its names', async t => {
  await must(kubectl('create', 'rolebinding', 'limited', '-n', namespace, '--clusterrole=admin', `--serviceaccount=${namespace}:limited`))
  t.strictSame((await candidates(['verify', '-n', namespace, ''], limited)).names, [`${namespace}/pull`, 'pod/app'])
  t.match(await candidates(['status', '-n', ''], limited), { names: [], stderr: /namespaces is forbidden/ })
})

t.test('without a cluster there are no candidates, and stderr says why', async t => {
  t.match(await candidates(['verify', ''], '/nowhere'), { names: [], stderr: /^ecr-anywhere: found no usable cluster/ })
})
