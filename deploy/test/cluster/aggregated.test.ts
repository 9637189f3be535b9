import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { frontProxyName, mintCa, mintClient } from '@ecr-anywhere/scripts/cluster/pki.ts'
import { admissionsDuring } from '@ecr-anywhere/scripts/testbed/admissions.ts'
import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { call } from '@ecr-anywhere/scripts/testbed/https-call.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { secretWriter } from '@ecr-anywhere/scripts/testbed/secret-writer.ts'
import { stream } from '@ecr-anywhere/scripts/testbed/stream.ts'
import { must, ownRegistry } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, apiServiceName } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

/** The webhook as an aggregated API, on any version of Kubernetes, and every path by which a client could reach it. */
const namespace = 'ready-enabled'
const path = '/apis/admission.ecr-anywhere.centml.ai/v1/inject/default'
// The log is verbose because only it shows which client certificate the API server uses.
const bed = await startAttested(t, { mode: 'aggregated', controlPlane: { flags: ['--v=2'] } })
const { cluster } = bed
const { kubectl, dir } = cluster
const client = await apiUser(cluster.kubeconfig, 16)
t.teardown(client.close)
const writer = secretWriter(client)
const names = Array.from({ length: 20 }, (_, at) => `pull-${at}`)
const pki = (name: string) => join(dir, 'pki', name)
const text = (name: string) => readFile(pki(name), 'utf8')
const review = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'forged',
    operation: 'CREATE',
    namespace,
    name: 'forged',
    dryRun: false,
    object: managedSecret({ namespace, name: 'forged' }),
  },
})

t.test('the webhook injects credentials when the API server sends the review through its own aggregation layer', async t => {
  const counted = await admissionsDuring(bed.webhook, async () => {
    for (const name of names) t.equal((await writer.create(managedSecret({ namespace, name }))).status, 201)
  })
  t.strictSame(counted, { 'default CREATE injected': names.length })
  const { body } = await writer.get(namespace, 'pull-0')
  const { data, metadata } = body as { data: Record<string, string>; metadata: { annotations: Record<string, string> } }
  t.match(Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString(), ownRegistry)
  t.notOk(metadata.annotations[annotations.attestation])
})

t.test('the webhook serves the discovery documents that the API server requests, and clients report no error for the group', async t => {
  const resources = await kubectl('api-resources', '--api-group=admission.ecr-anywhere.centml.ai', '--no-headers')
  t.match(resources.stdout, /^inject .* false +AdmissionReview/)
  t.equal(resources.stderr, '')
  for (const path of ['/openapi/v2', '/openapi/v3/apis/admission.ecr-anywhere.centml.ai/v1'])
    await until(`${path} describes the group`, async () => (await kubectl('get', '--raw', path)).stdout.includes('createInject'))
  t.match(await must(kubectl('get', 'apiservice', apiServiceName, '--no-headers')), / True /)
})

t.test('only the API server itself gets an answer through the aggregated API', async t => {
  const user = await cluster.userKubeconfig({ name: 'mallory' })
  const forbidden = await kubectl(`--kubeconfig=${user}`, 'create', '--raw', path, '-f', '-', { input: review })
  t.match(forbidden.stderr, /Forbidden|forbidden/, 'RBAC')
  await must(kubectl('create', 'clusterrole', 'inject', '--verb=create', '--resource=inject.admission.ecr-anywhere.centml.ai'))
  await must(kubectl('create', 'clusterrolebinding', 'inject', '--clusterrole=inject', '--user=mallory'))
  const refused = /the API server forwarded for one of its users/
  await until('the ClusterRole is in force', async () =>
    refused.test((await kubectl(`--kubeconfig=${user}`, 'create', '--raw', path, '-f', '-', { input: review })).stderr),
  )
  t.match(
    (await kubectl('create', '--raw', path, '-f', '-', { input: review })).stderr,
    refused,
    'an administrator with his own identity is denied',
  )
  const headers = { 'x-remote-user': 'system:apiserver', 'x-remote-group': 'system:masters', 'x-remote-extra-a': 'b' }
  const { status, body } = await asAdmin(headers)
  t.equal(status, 403, 'the API server removes front-proxy headers that a client sends')
  t.match(JSON.parse(body).message, refused)
})

t.test('a client that connects to the webhook directly gets no credentials, whatever certificate or header it sends', async t => {
  const port = Number(new URL(bed.webhook().url).port)
  const headers = { 'content-type': 'application/json', 'x-remote-user': 'system:apiserver', 'x-remote-group': 'system:masters' }
  const ca = { cert: await text('ca.crt'), key: await text('ca.key') }
  const shown = [
    {},
    await mintClient(ca, { name: frontProxyName, groups: ['system:masters'] }),
    await mintClient(ca, { name: 'system:apiserver', groups: ['system:masters'] }),
    await mintClient(await mintCa('front-proxy-ca'), { name: frontProxyName }),
  ]
  for (const one of shown) {
    const { status, body } = await call(port, { rejectUnauthorized: false, path, headers, ...one }, review)
    t.equal(status, 403)
    t.notMatch(body, /patch/)
  }
  const { body } = await call(port, { rejectUnauthorized: false, path: '/inject/default' }, review)
  t.match(JSON.parse(body).response, { allowed: false }, 'the direct route requires a ticket')
})

t.test('no update is denied while the front-proxy CA rotates, if the new CA is published before it is used', async t => {
  const updates = stream(writer, { namespace, names })
  const nextCa = await mintCa('front-proxy-ca')
  const next = await mintClient(nextCa, { name: frontProxyName })
  await replace('front-proxy-ca.crt', `${await text('front-proxy-ca.crt')}\n${nextCa.cert}`)
  await loaded(2)
  const before = await proxyCertsLoaded()
  await replace('front-proxy.key', next.key)
  await replace('front-proxy.crt', next.cert)
  await until('the API server has loaded the next certificate', async () => (await proxyCertsLoaded()) > before)
  const sent = updates.sent()
  await until('the API server uses it in 100 updates', () => updates.sent() > sent + 100)
  await replace('front-proxy-ca.crt', nextCa.cert)
  // An API server adds its CAs to those in the ConfigMap and never removes any.
  // An operator removes one by deleting the ConfigMap, which the API server creates again.
  await must(kubectl('delete', 'configmap', '-n', 'kube-system', 'extension-apiserver-authentication'))
  await loaded(1)
  const sentBefore = updates.sent()
  await until('updates continue', () => updates.sent() > sentBefore + 100)
  const { updates: count, refusals } = await updates.stop()
  t.ok(count > 100)
  t.strictSame([...new Set(refusals)], [])
  t.equal((await writer.create(managedSecret({ namespace, name: 'after' }))).status, 201)
})

t.test('while no webhook runs, the deletion of a namespace waits and Secrets keep their credentials', async t => {
  await must(kubectl('create', 'namespace', 'leaving'))
  await bed.webhook().stop('SIGKILL')
  await until('the API is not available', async () =>
    (await kubectl('get', 'apiservice', apiServiceName, '--no-headers')).stdout.includes('False'),
  )
  const refused = await kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name: 'meanwhile' })))
  t.match(refused.stderr, /failed calling webhook .*(unable to handle the request|connection refused)/)
  await must(kubectl('delete', 'namespace', 'leaving', '--wait=false'))
  await until('the deletion of the namespace waits for the aggregated API', async () =>
    (await must(kubectl('get', 'namespace', 'leaving', '-o', 'json'))).includes('NamespaceDeletionDiscoveryFailure'),
  )
  t.equal((await writer.get(namespace, 'pull-0')).status, 200, 'the credentials are still stored')
  await bed.restartWebhook()
  await until('the namespace is gone', async () => (await kubectl('get', 'namespace', 'leaving')).code !== 0)
  await until(
    'the webhook injects credentials again',
    async () => (await writer.create(managedSecret({ namespace, name: `back-${Date.now()}` }))).status === 201,
  )
})

/** Sends a POST request with additional headers to the API server, which kubectl cannot do. */
async function asAdmin(headers: Record<string, string>) {
  const { url, admin } = await adminOf()
  return await call(
    Number(new URL(url).port),
    { host: '127.0.0.1', rejectUnauthorized: false, path, headers: { 'content-type': 'application/json', ...headers }, ...admin },
    review,
  )
}

async function adminOf() {
  const config = JSON.parse(await readFile(cluster.kubeconfig, 'utf8'))
  const { 'client-certificate-data': cert, 'client-key-data': key } = config.users[0].user
  const decoded = (base64: string) => Buffer.from(base64, 'base64').toString()
  return { url: cluster.url, admin: { cert: decoded(cert), key: decoded(key) } }
}

/** Atomically replaces a file that the API server watches. */
async function replace(name: string, content: string): Promise<void> {
  await writeFile(`${pki(name)}.new`, content, { mode: 0o600 })
  await rename(`${pki(name)}.new`, pki(name))
}

/** @returns how many times the API server has loaded its client certificate for aggregated APIs */
async function proxyCertsLoaded(): Promise<number> {
  const log = await readFile(join(dir, 'kube-apiserver.log'), 'utf8')
  return log.split('"Loaded a new cert/key pair" name="aggregator-proxy-cert').length - 1
}

/** Waits until the webhook has loaded a ConfigMap with this number of front-proxy CAs. */
async function loaded(certificates: number): Promise<void> {
  const logged = () =>
    bed
      .webhook()
      .logs()
      .split('\n')
      .filter(line => line.includes('front-proxy CA loaded'))
      .at(-1) ?? ''
  await until(`${certificates} front-proxy CAs are loaded`, () => logged().includes(`"certificates":${certificates}`))
}
