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

t.test(`${restarts} rollouts under a stream of updates: none refused`, async t => {
  const stop = await startStream(t, product, namespace)
  for (let restart = 0; restart < restarts; restart++) {
    await kubectl('rollout', 'restart', deployment, '-n', releaseNamespace)
    await kubectl('rollout', 'status', deployment, '-n', releaseNamespace, '--timeout=240s')
  }
  const all = () => kubectl('get', 'pods', '-n', releaseNamespace, '-l', webhookPods, '-o', 'jsonpath={.items[*].metadata.name}')
  await eventually('the pods of before are gone', async () => (await all()).split(' ').length === 2)
  noneRefused(t, await stop())
})

t.test('a replica that is killed takes with it no more than it was answering', async t => {
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
  t.ok(figures.stored > figures.mostInFlight, 'the other one served on')
})

t.test('helm uninstall leaves users their Secrets, and nothing else', async t => {
  const secrets = await kubectl('get', 'secrets', '-n', namespace, '-o', 'name')
  t.equal((await product.helm(['uninstall', releaseName, '--wait'])).code, 0)
  await goneAll(product)
  t.equal(await kubectl('get', 'secrets', '-n', namespace, '-o', 'name'), secrets)
  // Opaque: nobody fills it in now, and without data a docker config is refused by Kubernetes itself.
  const after = await apply({ ...managedSecret({ namespace, name: 'after' }), type: 'Opaque' })
  t.equal(after.code, 0, after.stderr)
  await kubectl('delete', 'secret', 'after', '-n', namespace)
  await kubectl('delete', 'namespace', namespace, '--timeout=240s')
  await product.namespace('another', 'enabled')
  await kubectl('delete', 'namespace', 'another', '--timeout=240s')
})
