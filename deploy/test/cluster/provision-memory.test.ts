import { peakMemory } from '@ecr-anywhere/scripts/bench/processes.ts'
import { nodeFlags } from '@ecr-anywhere/scripts/bundle/node-flags.ts'
import { startControlPlane } from '@ecr-anywhere/scripts/cluster/control-plane.ts'
import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { find } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { commandFile } from '@ecr-anywhere/scripts/testbed/command.ts'
import { base, merged, render } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { startProvision } from '@ecr-anywhere/scripts/testbed/provision-process.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { test } from 'tap'

/** Namespaces of a user who writes as much into their annotations as the API server accepts. The names are not valid, so no Secret is created. */
const count = 150
const note = 'X'.repeat(250_000)

test('annotations of the largest size leave the provisioner a fifth of its memory limit', {
  skip: process.platform !== 'linux' && 'needs /proc',
}, async t => {
  const deployment = find(await render(merged(base, { provision: { enabled: true } })), 'Deployment', 'ecr-anywhere-provision')
  const { memory } = deployment.spec.template.spec.containers[0].resources.limits
  t.match(memory, /^\d+Mi$/)
  const limitMiB = Number.parseInt(memory, 10)
  const cluster = await startControlPlane()
  t.teardown(() => cluster.stop())
  const admin = await apiUser(cluster.kubeconfig, 4)
  t.teardown(admin.close)
  const send = async (method: 'POST' | 'PATCH', path: string, metadata: object) => {
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata })
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const { status } = await admin.request({ method, path, body, contentType })
    if (status >= 300) throw new Error(`HTTP ${status} on ${method} ${path}`)
  }
  for (let at = 0; at < count; at += 1) {
    const metadata = { name: `large-${at}`, labels: { [labels.namespace]: 'enabled' }, annotations: { [annotations.pullSecret]: note } }
    await send('POST', '/api/v1/namespaces', metadata)
  }
  // Node takes half of the memory of a container for its heap.
  const program = [...nodeFlags, `--max-old-space-size=${limitMiB / 2}`, commandFile]
  const provision = await startProvision(cluster.kubeconfig, { secret: 'pull', program, env: { LOG_LEVEL: 'fatal' } })
  t.teardown(async () => {
    provision.kill('SIGKILL')
    await provision.ended
  })
  const counted = (state: string) => provision.metric(`ecr_anywhere_provision_namespaces{state="${state}"}`)
  await until('every namespace is reported', async () => (await counted('failing')) === count)
  for (let at = 0; at < count; at += 1) await send('PATCH', `/api/v1/namespaces/large-${at}`, { annotations: { changed: String(at) } })
  await send('POST', '/api/v1/namespaces', { name: 'last', labels: { [labels.namespace]: 'enabled' } })
  await until('the changes are known', async () => (await counted('pending')) + (await counted('failing')) === count + 1)
  const peakMb = await peakMemory(provision.pid)
  const limitMb = limitMiB * 1.048576
  t.ok(peakMb < 0.8 * limitMb, `${peakMb} MB of ${limitMb} MB`)
})
