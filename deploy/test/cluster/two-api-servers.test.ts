import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { managedSecret } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { startSecondApiServer } from '@ecr-anywhere/scripts/testbed/second-api-server.ts'
import { secretWriter } from '@ecr-anywhere/scripts/testbed/secret-writer.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { apiServiceName } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { startChecked } from './checked.ts'

/** Two API servers use one etcd, and the second cannot reach the webhook. The tests show the effect, and what `check` reports. */
const namespace = 'ready-default'
const tries = 200
const { cluster, check } = await startChecked(t, { mode: 'aggregated' })
const client = await apiUser(cluster.kubeconfig, 8)
t.teardown(client.close)
const writer = secretWriter(client)

/** Sends updates through the first API server, one after the other. @returns how many were denied */
async function refusedOf(count: number): Promise<number> {
  let refused = 0
  for (let at = 0; at < count; at += 1) {
    const { status } = await writer.patch(namespace, 'pull', { metadata: { annotations: { try: String(at) } } })
    if (status !== 200) refused += 1
  }
  return refused
}

/** Starts a second API server with the flags of the first. Its connections to Services use a proxy that does not exist. */
async function startBlindApiServer(): Promise<void> {
  const egress = join(cluster.dir, 'egress.yaml')
  const connection = { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: join(cluster.dir, 'no-proxy.sock') } } }
  const egressSelections = [{ name: 'cluster', connection }]
  await writeFile(egress, JSON.stringify({ apiVersion: 'apiserver.k8s.io/v1beta1', kind: 'EgressSelectorConfiguration', egressSelections }))
  await startSecondApiServer(t, cluster, [`--egress-selector-config-file=${egress}`])
}

t.test('with one API server, the check passes and no update is denied', { skip: process.platform !== 'linux' }, async t => {
  t.equal((await writer.create(managedSecret({ namespace, name: 'pull' }))).status, 201)
  const { code, stdout } = await check('60s')
  t.equal(code, 0, stdout)
  t.equal(await refusedOf(tries), 0)
})

t.test(
  'a second API server that cannot reach the webhook stops most updates through the first, and the check says why',
  { skip: process.platform !== 'linux' },
  async t => {
    await startBlindApiServer()
    await until('an update is denied', async () => (await refusedOf(10)) > 0)
    const refused = await refusedOf(tries)
    t.comment(`${refused} of ${tries} updates through the API server that reaches the webhook were denied`)
    const { code, stdout } = await check('8s')
    t.equal(code, 1)
    t.match(stdout, `the APIService ${apiServiceName}`)
    t.match(stdout, /changes back and forth|not available/)
    t.match(stdout, /every API server reaches the pods|The API server must reach the pods/)
  },
)
