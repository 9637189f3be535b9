import t from 'tap'
import { managedSecret } from '../../testbed/manifest.ts'
import { eventually } from '../eventually.ts'
import { killPod, podNames } from '../processes.ts'
import { releaseName, releaseNamespace, startProduct, valuesFor, webhookPods } from '../product.ts'
import { goneAll } from '../release.ts'
import { inWords, noneRefused, startStream } from '../stream.ts'

const namespace = 'apps'
const restarts = 5
const deployment = 'deployment/ecr-anywhere-webhook'

const product = await startProduct(t)
const { kubectl, apply } = product
const installed = await product.install(valuesFor(product))
if (installed.code !== 0) throw new Error(installed.stderr)
await product.namespace(namespace, 'enabled')

t.test(`no update is denied during ${restarts} rollouts`, async t => {
  const stop = await startStream(t, product, namespace)
  for (let restart = 0; restart < restarts; restart++) {
    await kubectl('rollout', 'restart', deployment, '-n', releaseNamespace)
    await kubectl('rollout', 'status', deployment, '-n', releaseNamespace, '--timeout=240s')
  }
  const all = () => kubectl('get', 'pods', '-n', releaseNamespace, '-l', webhookPods, '-o', 'jsonpath={.items[*].metadata.name}')
  await eventually('the previous pods are deleted', async () => (await all()).split(' ').length === 2)
  noneRefused(t, await stop())
})

t.test('if a replica is killed, only the requests that it was answering fail', async t => {
  const stop = await startStream(t, product, namespace)
  const [pod = ''] = await podNames(product, webhookPods)
  const restarted = (count: string) =>
    eventually(`${pod} has been restarted ${count} times`, async () => {
      const path = '{.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}'
      return (await kubectl('get', 'pod', pod, '-n', releaseNamespace, '-o', `jsonpath=${path}`)) === `${count} true`
    })
  await restarted('0')
  await killPod(product, pod)
  await restarted('1')
  const figures = await stop()
  console.error(inWords(figures))
  t.ok(figures.refused <= figures.mostInFlight, inWords(figures))
  t.ok(figures.stored > figures.mostInFlight, 'the other replica continued to serve')
})

t.test('`helm uninstall` leaves only the Secrets of users', async t => {
  const secrets = await kubectl('get', 'secrets', '-n', namespace, '-o', 'name')
  t.equal((await product.helm(['uninstall', releaseName, '--wait'])).code, 0)
  await goneAll(product)
  t.equal(await kubectl('get', 'secrets', '-n', namespace, '-o', 'name'), secrets)
  // The type is Opaque, because Kubernetes rejects a docker config without data, and no webhook adds data now.
  const after = await apply({ ...managedSecret({ namespace, name: 'after' }), type: 'Opaque' })
  t.equal(after.code, 0, after.stderr)
  await kubectl('delete', 'secret', 'after', '-n', namespace)
  await kubectl('delete', 'namespace', namespace, '--timeout=240s')
  await product.namespace('another', 'enabled')
  await kubectl('delete', 'namespace', 'another', '--timeout=240s')
})
