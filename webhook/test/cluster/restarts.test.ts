import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { secretWriter } from '@ecr-anywhere/scripts/testbed/secret-writer.ts'
import { must, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const namespace = 'restarts'

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({ cluster, id: 'restarts' })
t.teardown(bed.stop)
await bed.namespace(namespace)

const create = (name: string, notes = {}) => kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name, annotations: notes })))
/** A registry in a region for which the webhook has no token. */
const elsewhere = { [annotations.registries]: '123456789012.dkr.ecr.eu-west-1.amazonaws.com' }
const tlsSecret = ['secret', '-n', 'restarts-release', 'ecr-anywhere-tls']
const certFile = join(bed.dir, 'tls.crt')
const keyFile = join(bed.dir, 'tls.key')

t.test('a new serving certificate is used without a restart, and no admission fails', async t => {
  const { pid } = bed.webhook()
  const before = await servedCertificate()
  await must(kubectl('delete', ...tlsSecret))
  await must(bed.ecrAnywhere(['certs']))
  await must(create('old-pair'))
  const { data } = JSON.parse(await must(kubectl('get', ...tlsSecret, '-o', 'json')))
  // Unlike kubelet, this writes one file after the other, so for a moment they do not match.
  await writeFile(certFile, Buffer.from(data['tls.crt'], 'base64'))
  await must(create('between'))
  await writeFile(keyFile, Buffer.from(data['tls.key'], 'base64'))
  await until('the new certificate is used', async () => (await servedCertificate()) !== before)
  await must(create('new-pair'))
  t.equal(bed.webhook().pid, pid)
  t.equal(await readiness(), 200)
})

t.test('an unusable certificate is reported, and the old one stays in use', async t => {
  const before = await servedCertificate()
  await writeFile(certFile, 'no certificate')
  await until('the problem is in the log', () => bed.webhook().logs().includes('serving certificate cannot be used'))
  t.equal(await servedCertificate(), before)
  t.equal(await readiness(), 200)
  await must(create('bad-pair'))
  const { data } = JSON.parse(await must(kubectl('get', ...tlsSecret, '-o', 'json')))
  await writeFile(certFile, Buffer.from(data['tls.crt'], 'base64'))
})

t.test('on SIGTERM the webhook becomes not ready, answers open and new requests, closes connections and exits with 0', async t => {
  bed.emulator.fault({ fault: 'latency', ms: 1500, api: 'ecr' })
  await bed.restartWebhook({ SHUTDOWN_DELAY: '3s' })
  // This does not use kubectl, because on a busy machine kubectl takes as long to start as the webhook takes to shut down.
  const client = await apiUser(cluster.kubeconfig)
  t.teardown(client.close)
  const writer = secretWriter(client)
  const inFlight = writer.create(managedSecret({ namespace, name: 'in-flight', annotations: elsewhere }))
  await until('AWS is called', () => 'ecr.GetAuthorizationToken.eu-west-1' in bed.emulator.calls().counts)
  const ended = bed.webhook().stop('SIGTERM')
  await until('the webhook is not ready', async () => (await readiness()) === 503)
  const still = await ask()
  t.equal(still.headers.connection, 'close')
  t.equal(still.statusCode, 405)
  t.match(await writer.create(managedSecret({ namespace, name: 'late' })), { status: 201 })
  t.match(await inFlight, { status: 201 })
  t.equal(await ended, 0)
  bed.emulator.heal()
})

t.test('while no webhook runs, managed Secrets are denied, and other Secrets can be created', async t => {
  const { code, stderr } = await create('no-webhook')
  t.equal(code, 1)
  t.match(stderr, /failed calling webhook "default\.ecr-anywhere/)
  await must(kubectl('create', 'secret', 'generic', '-n', namespace, 'unmanaged', '--from-literal=a=b'))
  await bed.restartWebhook()
  await must(create('no-webhook'))
})

async function readiness(): Promise<number> {
  return (await fetch(`${bed.webhook().operationsUrl}/readyz`)).status
}

async function servedCertificate(): Promise<string | undefined> {
  const { hostname, port } = new URL(bed.webhook().url)
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const certificate = socket.getPeerX509Certificate()
  socket.destroy()
  return certificate?.fingerprint256
}

async function ask(): Promise<IncomingMessage> {
  const asked = request(`${bed.webhook().url}/inject/default`, { rejectUnauthorized: false, agent: false })
  asked.end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  return answer
}
