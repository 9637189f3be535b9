import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { mintPair } from '../../../../cronjob/src/tls/mint.ts'
import { admissionsDuring } from '../../../../scripts/testbed/admissions.ts'
import { startAttested } from '../../../../scripts/testbed/attested.ts'
import { managedSecret, manifests } from '../../../../scripts/testbed/manifest.ts'
import { pullStatus } from '../../../../scripts/testbed/pull.ts'
import { registration } from '../../../../scripts/testbed/registration.ts'
import { storedSecret } from '../../../../scripts/testbed/stored-secret.ts'
import { must, ownRegistry } from '../../../../scripts/testbed/testbed.ts'
import { until } from '../../../../scripts/testbed/until.ts'
import { annotations } from '../../../../shared/src/names.ts'

const namespace = 'ready-enabled'
const other = 'registry.example.com'
const login = { username: 'jane', password: 'no secret' }

const bed = await startAttested(t)
const { kubectl } = bed.cluster
/** Ours is called `default.ecr-anywhere…`, in `ecr-anywhere-tenant-default`: the API server sorts by these names. */
const others = { before: await startOther('aaa-before'), after: await startOther('zzz-after') }
for (const { seen } of Object.values(others)) seen.length = 0
const calls = () => ({ before: others.before.seen.length, after: others.after.seen.length })
const stored = (name: string) => storedSecret(bed.cluster, { namespace, name })

/** Somebody else's webhook: sees to an annotation, a key, and a registry of its own in each Secret that is ours. */
async function startOther(name: string) {
  const pair = await mintPair(['127.0.0.1'], Date.now())
  const seen: string[] = []
  const server = createServer({ cert: pair.cert, key: pair.key }, async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString()
    seen.push(body)
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer(JSON.parse(body), name)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close())
  t.teardown(() => server.closeAllConnections())
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const configuration = registration({ name, url, tenant: name, namespaceValue: 'enabled' })
  const webhooks = configuration.webhooks.map(({ clientConfig, ...webhook }) => ({
    ...webhook,
    reinvocationPolicy: 'IfNeeded',
    clientConfig: { ...clientConfig, caBundle: Buffer.from(pair.ca).toString('base64') },
  }))
  await must(kubectl('apply', '-f', '-', manifests({ ...configuration, webhooks })))
  await until(`${name} is called`, async () => {
    await kubectl('create', '--dry-run=server', '-f', '-', manifests(managedSecret({ namespace, name: 'try' })))
    return seen.length > 0
  })
  return { seen }
}

// biome-ignore lint/suspicious/noExplicitAny: an AdmissionReview
function answer({ request: { uid, object } }: any, name: string) {
  const data: Record<string, string> = object.data ?? {}
  const config = JSON.parse(Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString() || '{"auths":{}}')
  const wanted = { ...config, auths: { ...config.auths, [other]: login } }
  const isDone = JSON.stringify(wanted) === JSON.stringify(config) && data[name] !== undefined
  const operations = [
    ...(object.data === undefined ? [{ op: 'add', path: '/data', value: {} }] : []),
    { op: 'add', path: `/data/${name}`, value: 'eA==' },
    { op: 'add', path: '/data/.dockerconfigjson', value: Buffer.from(JSON.stringify(wanted)).toString('base64') },
    { op: 'add', path: `/metadata/labels/${name}`, value: 'seen' },
  ]
  const patch = Buffer.from(JSON.stringify(isDone ? [] : operations)).toString('base64')
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, allowed: true, patchType: 'JSONPatch', patch } }
}

t.test('two other webhooks change the same Secrets, one before and one after ours: all three have their say, once', async t => {
  const counted = await admissionsDuring(bed.webhook, () =>
    must(kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name: 'pull' })))),
  )
  t.same(counted, { 'default CREATE injected': 1 })
  t.same(calls(), { before: 2, after: 1 }, 'the first is asked again, for ours changed the Secret behind it')
  const { login: found, labels, text } = await stored('pull')
  t.equal(await pullStatus(bed.emulator, ownRegistry, found(ownRegistry)), 200)
  t.same(found(other), login)
  for (const name of ['aaa-before', 'zzz-after']) t.same([labels[name], text(name)], ['seen', 'x'])
})

t.test('no loop: writing the same again changes nothing, and a touch renews once', async t => {
  const before = await stored('pull')
  const same = await admissionsDuring(bed.webhook, () => must(kubectl('annotate', 'secret', '-n', namespace, 'pull', 'a=b')))
  t.same(same, { 'default UPDATE unchanged': 1 })
  t.same((await stored('pull')).digests, before.digests)
  const mark = `${annotations.markedForUpdateAt}=${new Date().toISOString()}`
  const touched = await admissionsDuring(bed.webhook, () => must(kubectl('annotate', 'secret', '-n', namespace, 'pull', mark)))
  t.same(touched, { 'default UPDATE injected': 1 })
  const after = await stored('pull')
  t.same(after.login(other), login)
  t.equal(await pullStatus(bed.emulator, ownRegistry, after.login(ownRegistry)), 200)
  const { before: first, after: second } = calls()
  t.ok(first <= 6 && second <= 3, `${first} and ${second} calls for three writes`)
})

t.test('only who is called before ours can see a ticket', async t => {
  const tickets = Object.values(await bed.tickets())
  const isShown = ({ seen }: { seen: string[] }) => tickets.some(ticket => seen.some(body => body.includes(ticket)))
  t.ok(isShown(others.before), 'docs/security.md says so')
  t.notOk(isShown(others.after))
})
