import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startControlPlane } from '../control-plane.ts'
import { leftOf, processesOf } from './processes.ts'

t.test('two control planes can run at once with their own data, and leave nothing behind', async t => {
  const [one, two] = await Promise.all([startControlPlane(), startControlPlane()])
  t.teardown(async () => await Promise.all([one.stop(), two.stop()]))
  for (const [cluster, value] of [
    [one, 'first'],
    [two, 'second'],
  ] as const) {
    const made = await cluster.kubectl('create', 'secret', 'generic', 'mine', `--from-literal=value=${value}`)
    t.equal(made.code, 0, made.stderr)
  }
  await one.restartApiServer()
  t.equal(await valueIn(one), 'first', 'the data survives a restart of the API server')
  t.equal(await valueIn(two), 'second')

  const servers = (await processesOf(one.dir)).filter(line => /bin\/(etcd|kube-)/.test(line))
  t.equal(servers.length, 3, 'the check for leftovers finds the running servers')
  await Promise.all([one.stop(), two.stop()])
  t.same([...(await leftOf(one.dir)), ...(await leftOf(two.dir))], [])

  async function valueIn({ kubectl }: typeof one): Promise<string> {
    const { stdout } = await kubectl('get', 'secret', 'mine', '--output=jsonpath={.data.value}')
    return Buffer.from(stdout, 'base64').toString()
  }
})

t.test('users, tokens and the audit log work as in a real cluster', async t => {
  const cluster = await startControlPlane({ audit: true })
  t.teardown(cluster.stop)

  const user = await cluster.userKubeconfig({ name: 'jane, of "ops"', groups: ['readers', 'a+b'] })
  const asUser = ['--kubeconfig', user]
  const { stdout } = await cluster.kubectl(...asUser, 'auth', 'whoami', '--output=jsonpath={.status.userInfo}')
  t.match(JSON.parse(stdout), { username: 'jane, of "ops"', groups: ['readers', 'a+b', 'system:authenticated'] })
  t.match((await cluster.kubectl(...asUser, 'get', 'secrets')).stderr, /Forbidden/)
  await cluster.kubectl('create', 'rolebinding', 'readers', '--clusterrole=admin', '--group=readers')
  t.equal((await cluster.kubectl(...asUser, 'auth', 'can-i', 'get', 'secrets')).stdout.trim(), 'yes')

  t.match((await cluster.kubectl('create', 'token', 'default')).stdout, /^ey/)

  const input = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'from-stdin' } })
  t.equal((await cluster.kubectl('create', '--filename=-', { input })).code, 0)
  t.match(await readFile(join(cluster.dir, 'audit.log'), 'utf8'), /"verb":"create".*from-stdin/)
})
