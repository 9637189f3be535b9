import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import t from 'tap'
import { clientOf, renewedIn, storeDue } from './due-secrets.ts'

const cluster = await clusterFor(t)
const bed = await startTestbed({ cluster, id: 'connections' })
t.teardown(bed.stop)
const client = await clientOf(t, cluster.kubeconfig)

/** Forwards TLS connections to an API server and counts them. */
async function startCountingProxy(kubeconfig: string, file: string) {
  const config = JSON.parse(await readFile(kubeconfig, 'utf8'))
  const target = new URL(config.clusters[0].cluster.server)
  let accepted = 0
  const server = createServer(socket => {
    accepted += 1
    const onward = connect(Number(target.port), target.hostname)
    socket.pipe(onward).pipe(socket)
    for (const end of [socket, onward]) end.on('error', () => end.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  config.clusters[0].cluster.server = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  await writeFile(file, JSON.stringify(config), { mode: 0o600 })
  return { accepted: () => accepted }
}

for (const concurrency of [1, 16]) {
  t.test(`with a concurrency of ${concurrency}, a refresh of 500 Secrets uses at most ${concurrency} TLS connections`, async t => {
    const namespace = `connections-${concurrency}`
    const names = await storeDue(client, { id: 'connections', namespace, count: 500 })
    const file = join(bed.dir, `${namespace}.kubeconfig`)
    const proxy = await startCountingProxy(cluster.kubeconfig, file)
    const env = { KUBECONFIG: file, NAMESPACES: namespace, REFRESH_CONCURRENCY: String(concurrency) }
    const { code, stdout } = await bed.ecrAnywhere(['refresh'], env)
    t.equal(code, 0, stdout)
    t.match(stdout, /^checked 500, due 500, refreshed 500, failed 0/)
    t.same(await renewedIn(client, namespace), names)
    t.ok(proxy.accepted() >= 1 && proxy.accepted() <= concurrency, `${proxy.accepted()} connections`)
  })
}
