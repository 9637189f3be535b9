import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { review } from '@ecr-anywhere/scripts/bench/review.ts'
import { startControlPlane } from '@ecr-anywhere/scripts/cluster/control-plane.ts'
import { tokenCalls } from '@ecr-anywhere/scripts/testbed/aws-calls.ts'
import { call } from '@ecr-anywhere/scripts/testbed/https-call.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { warmed } from '@ecr-anywhere/scripts/testbed/warmed.ts'
import t from 'tap'
import { type Minted, mint } from '../files/pairs.ts'

const namespace = 'mtls'
const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-mtls-'))
t.teardown(() => rm(dir, { recursive: true }))
const file = async (name: string, text: string) => {
  await writeFile(join(dir, name), text, { mode: 0o600 })
  return join(dir, name)
}

const [ca, otherCa] = await Promise.all([mint({ name: 'client-ca' }), mint({ name: 'other-ca' })])
const apiServer = await mint({ name: 'kube-apiserver', by: ca })
const cluster = await startControlPlane({ flags: [`--admission-control-config-file=${await admissionConfiguration(apiServer)}`] })
t.teardown(() => cluster.stop())
const env = { CLIENT_CA_FILE: await file('ca.crt', ca.cert), CLIENT_NAMES: 'kube-apiserver,another-api-server' }
const bed = await startTestbed({ cluster, id: 'mtls', env })
t.teardown(bed.stop)
await bed.namespace(namespace)

const otherCaFile = await file('other.crt', otherCa.cert)

const create = (name: string) => cluster.kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name })))

t.test('an API server with the right client certificate is accepted', async t => {
  await must(create('served'))
  const { login } = await storedSecret(cluster, { namespace, name: 'served' })
  t.equal(await pullStatus(bed.emulator, ownRegistry, login(ownRegistry)), 200)
  const { attestation } = (await (await fetch(`${bed.webhook().operationsUrl}/status`)).json()) as { attestation: string }
  t.equal(attestation, 'mtls')
})

t.test('a forged review is rejected without a certificate, with one of another CA and with one of another name', async t => {
  bed.emulator.resetCalls()
  const post = (shown: object) => {
    const port = Number(new URL(bed.webhook().url).port)
    return call(port, { path: '/inject/default', rejectUnauthorized: false, ...shown }, JSON.stringify(review(namespace)))
  }
  await t.rejects(post({}), 'without a certificate')
  await t.rejects(post(await mint({ name: 'kube-apiserver' })), 'with a self-signed certificate')
  await t.rejects(post(await mint({ name: 'kube-apiserver', by: otherCa })), 'with a certificate of another CA')
  for (const name of ['another', 'kube-apiserver.example.com', 'KUBE-APISERVER', '*']) {
    const { status, body } = await post(await mint({ name, by: ca }))
    t.equal(status, 400, name)
    t.match(JSON.parse(body).message, /found a client certificate with another subject name; wanted one of CLIENT_NAMES/)
  }
  t.equal(tokenCalls(bed.emulator), 0)
  t.match((await post(apiServer)).body, /"allowed":true/, 'the right certificate is accepted')
})

t.test('if the CA in its file changes while the webhook runs, the API server is rejected, also on open connections', async t => {
  const file = env.CLIENT_CA_FILE
  await must(create('before'))
  await writeFile(file, otherCa.cert)
  await until('the API server is rejected', async () => (await create('between')).stderr.includes('failed calling webhook'))
  t.equal(
    (await fetch(`${bed.webhook().operationsUrl}/readyz`)).status,
    200,
    'the webhook is ready for clients with a certificate of the new CA',
  )
  await writeFile(file, `${otherCa.cert}\n${ca.cert}`)
  await until('the API server is accepted again', async () => (await create('after')).code === 0)
  await writeFile(file, ca.cert)
})

const refusedSettings: [about: string, env: Record<string, string>, says: RegExp][] = [
  ['another name', { CLIENT_NAMES: 'another-api-server' }, /failed calling webhook/],
  ['another CA', { CLIENT_CA_FILE: otherCaFile }, /failed calling webhook/],
]
for (const [about, more, says] of refusedSettings) {
  t.test(`an API server is rejected if the webhook requires ${about}, and no Secret is stored`, async t => {
    await bed.restartWebhook(more)
    await warmed(bed.webhook)
    bed.emulator.resetCalls()
    const { code, stderr } = await create('refused')
    t.equal(code, 1)
    t.match(stderr, says)
    t.equal(tokenCalls(bed.emulator), 0)
    t.match((await cluster.kubectl('get', 'secret', '-n', namespace, 'refused')).stderr, /NotFound/)
  })
}

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#authenticate-apiservers */
async function admissionConfiguration({ cert, key }: Minted): Promise<string> {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) }
  const kubeConfigFile = await file('kubeconfig', JSON.stringify({ apiVersion: 'v1', kind: 'Config', users: [{ name: '*', user }] }))
  const apiVersion = 'apiserver.config.k8s.io/v1'
  const configuration = { apiVersion, kind: 'WebhookAdmissionConfiguration', kubeConfigFile }
  const plugins = [{ name: 'MutatingAdmissionWebhook', configuration }]
  return file('admission.json', JSON.stringify({ apiVersion, kind: 'AdmissionConfiguration', plugins }))
}
