import { join } from 'node:path'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t from 'tap'
import { clientOf, storeDue } from './due-secrets.ts'
import { eventsIn } from './events-in.ts'
import { startFailingProxy } from './failing-proxy.ts'

const cluster = await clusterFor(t)
const bed = await startTestbed({ cluster, id: 'pod-events' })
t.teardown(bed.stop)
const namespace = 'pod-events-team'
const client = await clientOf(t, cluster.kubeconfig)
const [pullSecret = ''] = await storeDue(client, { id: 'pod-events', namespace, count: 1 })
const settings = { NAMESPACES: namespace, POD_EVENTS: 'true' }
const ecr = `${ownRegistry}/team/app:1`

/** Creates a pod whose container waits, as a kubelet reports it. There is no node. */
async function storePod(name: string, { image, secret, reason }: { image: string; secret: string; reason: string }): Promise<void> {
  const spec = { containers: [{ name: 'app', image }], imagePullSecrets: [{ name: secret }], automountServiceAccountToken: false }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name }, spec }
  await must(cluster.kubectl('create', '-f', '-', { input: JSON.stringify(pod) }))
  const waiting = { name: 'app', image, imageID: '', ready: false, restartCount: 0, state: { waiting: { reason } } }
  const patch = JSON.stringify({ status: { containerStatuses: [waiting] } })
  await must(cluster.kubectl('patch', 'pod', '-n', namespace, name, '--subresource=status', '--type=merge', '-p', patch))
}

const podEvents = async () => (await eventsIn(cluster, namespace)).filter(({ involvedObject }) => involvedObject.kind === 'Pod')

// The admission of pods waits for the service account, which the controller manager creates.
await until(
  'the namespace has its service account',
  async () => (await cluster.kubectl('get', 'serviceaccount', '-n', namespace, 'default')).code === 0,
)
await storePod('waits', { image: ecr, secret: pullSecret, reason: 'ImagePullBackOff' })
await storePod('elsewhere', { image: 'docker.io/library/nginx:1', secret: pullSecret, reason: 'ImagePullBackOff' })
await storePod('other-secret', { image: ecr, secret: 'regcred', reason: 'ImagePullBackOff' })
await storePod('starts', { image: ecr, secret: pullSecret, reason: 'ContainerCreating' })

t.test('without POD_EVENTS, a failed refresh writes no Event on a pod', async t => {
  bed.emulator.fault({ fault: 'access-denied', api: 'ecr' })
  await bed.restartWebhook()
  t.equal((await bed.ecrAnywhere(['refresh'], { NAMESPACES: namespace })).code, 1)
  t.strictSame(await podEvents(), [])
})

t.test('with it, the pod that cannot pull because of the Secret has one Event, and no other pod has one', async t => {
  for (const _run of [1, 2]) t.equal((await bed.ecrAnywhere(['refresh'], settings)).code, 1)
  const events = await podEvents()
  t.match(events, [
    {
      involvedObject: { name: 'waits' },
      reason: 'PullSecretNotRenewed',
      message: new RegExp(
        `^The image ${ecr} cannot be pulled with the image pull secret ${pullSecret}, which has never had credentials and was not renewed: .*AccessDeniedException`,
      ),
    },
  ])
  t.equal(events.length, 1, 'two runs that fail for one cause write one Event')
  t.match(await must(cluster.kubectl('events', '-n', namespace, '--for', 'pod/waits')), 'PullSecretNotRenewed')
})

t.test('where pods may not be listed, the log says so, and the result of the run is the same', async t => {
  const file = join(bed.dir, 'forbidden.kubeconfig')
  const before = ({ url }: { url: string }) => (url.includes('/pods') ? { status: 403 } : undefined)
  const proxy = await startFailingProxy({ kubeconfig: cluster.kubeconfig, file, before })
  t.teardown(proxy.stop)
  const { code, stderr } = await bed.ecrAnywhere(['refresh'], { ...settings, KUBECONFIG: file })
  t.equal(code, 1)
  t.match(
    stderr,
    /pods in pod-events-team were not listed, so they have no Events: found HTTP 403 .*; refresh failed: 1 Secret was not renewed/,
  )
})

t.test('a refresh that succeeds writes no Event on a pod', async t => {
  const before = (await podEvents()).length
  bed.emulator.heal()
  await bed.restartWebhook()
  t.equal((await bed.ecrAnywhere(['refresh'], settings)).code, 0)
  t.equal((await podEvents()).length, before)
})
