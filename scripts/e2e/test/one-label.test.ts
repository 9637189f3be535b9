import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { ownRegistry } from '../../testbed/testbed.ts'
import { eventually } from '../eventually.ts'
import { pod } from '../objects.ts'
import { releaseNamespace, startProduct, valuesFor } from '../product.ts'

const privateImage = `${ownRegistry}/team/app:1`
const secretName = 'ecr-anywhere-pull'
const runs = 30
/** The requirement is a pod that was created this long after the label. */
const afterLabelMs = 1_000

const product = await startProduct(t)
const { node, registry, kubectl, apply } = product
await registry.push(`${node.dir}/images/busybox.tar`, privateImage)
await product.install(valuesFor(product, { provision: { enabled: true, secretName } }))

const phaseOf = (namespace: string, name = 'app') => kubectl('get', 'pod', name, '-n', namespace, '-o', 'jsonpath={.status.phase}')

t.test(`${runs} times, a namespace is labelled, and a pod that knows nothing of ECR runs in it`, async t => {
  const tookMs: number[] = []
  for (let at = 0; at < runs; at += 1) {
    const namespace = `shop-${at}`
    await kubectl('create', 'namespace', namespace)
    await eventually(
      'the namespace has its ServiceAccount',
      async () => (await node.kubectl('get', 'serviceaccount', 'default', '-n', namespace)).code === 0,
    )
    await kubectl('label', 'namespace', namespace, 'ecr-anywhere.centml.ai/namespace=enabled')
    const labelledMs = Date.now()
    await sleep(afterLabelMs)
    t.equal((await apply(pod({ namespace, name: 'app' }, { image: privateImage }))).code, 0)
    let seen = ''
    const isRunning = async () => {
      seen = await phaseOf(namespace)
      return seen === 'Running'
    }
    await eventually('the pod runs', isRunning, () => seen)
    tookMs.push(Date.now() - labelledMs)
    t.equal(await kubectl('get', 'pod', 'app', '-n', namespace, '-o', 'jsonpath={.spec.imagePullSecrets[*].name}'), secretName)
    await kubectl('delete', 'pod', 'app', '-n', namespace, '--grace-period=0', '--wait=false')
  }
  const sorted = tookMs.toSorted((a, b) => a - b)
  console.error(
    `from the label to a running pod: median ${sorted[runs / 2]} ms, longest ${sorted.at(-1)} ms, of which ${afterLabelMs} ms were waited`,
  )
  const events = await kubectl('get', 'events', '-A', '--field-selector', 'reason=Failed', '-o', 'jsonpath={.items[*].message}')
  t.equal(events, '', 'no pull failed')
})

t.test('with the provisioner and the webhook down, pods are created as before, and only new namespaces wait', async t => {
  await kubectl('scale', 'deployment', '-n', releaseNamespace, 'ecr-anywhere-provision', 'ecr-anywhere-webhook', '--replicas=0')
  const left = () =>
    kubectl('get', 'pods', '-n', releaseNamespace, '-l', 'app.kubernetes.io/component in (provision,webhook)', '-o', 'name')
  await eventually('their pods have ended', async () => (await left()) === '')
  t.equal((await apply(pod({ namespace: 'shop-0', name: 'later' }, { image: privateImage }))).code, 0)
  await eventually('a pod of an older namespace runs', async () => (await phaseOf('shop-0', 'later')) === 'Running')
  await product.namespace('waiting', 'enabled')
  await kubectl('scale', 'deployment', '-n', releaseNamespace, 'ecr-anywhere-webhook', 'ecr-anywhere-provision', '--replicas=1')
  await eventually(
    'the new namespace has its Secret',
    async () => (await node.kubectl('get', 'secret', secretName, '-n', 'waiting')).code === 0,
  )
})
