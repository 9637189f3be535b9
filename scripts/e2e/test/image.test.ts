import { version } from '@ecr-anywhere/shared/version.ts'
import t from 'tap'
import { startNode } from '../../cluster/node.ts'
import { imageName } from '../../image/image.ts'
import { imageArchive } from '../../testbed/image-archive.ts'
import { must } from '../../testbed/testbed.ts'
import { eventually } from '../eventually.ts'

t.test('the image runs with the strictest security settings of Kubernetes and OpenShift', async t => {
  const node = await startNode()
  t.teardown(async () => {
    if (!t.passing()) console.error(await node.diagnosis())
    await node.stop()
  })
  await node.importImage(await imageArchive())
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  const securityContext = {
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  }
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'strict', labels } })
  // The user of the image, and a user ID that OpenShift could choose.
  const any = { runAsUser: 1_000_680_000, runAsGroup: 0 }
  // A name without a path is looked up in PATH, as by `kubectl exec`.
  for (const [name, user, command] of [
    ['own', {}],
    ['any', any],
    ['by-name', any, ['ecr-anywhere']],
  ] as const) {
    const main = { name: 'main', image: imageName, command, args: ['--version'], securityContext: { ...securityContext, ...user } }
    const metadata = { name, namespace: 'strict' }
    await apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { restartPolicy: 'Never', containers: [main] } })
    const ask = () => must(node.kubectl('get', 'pod', name, '--namespace=strict', '--output=jsonpath={.status.phase}'))
    await eventually(`pod ${name} has succeeded`, async () => (await ask()) === 'Succeeded')
    t.equal(await must(node.kubectl('logs', name, '--namespace=strict')), `${version}\n`)
  }

  async function apply(object: object): Promise<void> {
    await must(node.kubectl('apply', '--filename=-', { input: JSON.stringify(object) }))
  }
})
