import { Agent, type RequestOptions, request } from 'node:https'
import { call, portOf } from '@ecr-anywhere/scripts/testbed/https-call.ts'
import t, { type Test } from 'tap'
import { documents } from '../../src/aggregated-api/documents.ts'
import { type FrontProxy, frontProxyOf } from '../../src/aggregated-api/front-proxy.ts'
import { parsePair } from '../../src/files/serving-pair.ts'
import { usePair } from '../../src/http/server.ts'
import { secret } from '../admission/secrets.ts'
import { awsWorld, review } from '../admission/world.ts'
import { type Minted, mint } from '../files/pairs.ts'
import { server } from './serving.ts'

const [pair, frontCa, nextCa, clusterCa] = await Promise.all([
  mint(),
  mint({ name: 'front-proxy-ca' }),
  mint({ name: 'front-proxy-ca' }),
  mint({ name: 'cluster-ca' }),
])
const name = 'front-proxy-client'
const [frontProxy, otherName, ofNextCa, kubelet, sameName, expired] = await Promise.all([
  mint({ name, by: frontCa }),
  mint({ name: 'metrics', by: frontCa }),
  mint({ name, by: nextCa }),
  mint({ name: 'system:node:a', by: clusterCa }),
  mint({ name, by: clusterCa }),
  mint({ name, by: frontCa, days: -0.5 }),
])
const path = '/apis/admission.ecr-anywhere.centml.ai/v1/inject/default?timeout=10s'
const body = JSON.stringify(review({ object: secret() }))
const apiServer = {
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(body),
  'x-remote-user': 'system:apiserver',
  'x-remote-group': ['system:masters', 'system:authenticated'],
}
const read = (pem: string, names = [name]) =>
  frontProxyOf({
    'requestheader-client-ca-file': pem,
    'requestheader-allowed-names': JSON.stringify(names),
    'client-ca-file': clusterCa.cert,
  })

/** A webhook that is an aggregated API, with a ticket that no test sends. */
async function listening(t: Test, first: FrontProxy | undefined = read(frontCa.cert)) {
  let current: FrontProxy | undefined
  const { world } = awsWorld()
  const served = server(t, { world: { ...world, tickets: () => new Map() }, frontProxy: () => current })
  const use = (next: FrontProxy | undefined) => {
    current = next
  }
  usePair(served.app, parsePair(pair.cert, pair.key))
  use(first)
  await served.app.listen({ host: 'localhost', port: 0 })
  const port = portOf(served.app)
  const post = (shown: Partial<Minted> & Pick<RequestOptions, 'agent' | 'headers' | 'path'> = {}, text = body) =>
    call(port, { ca: pair.cert, path, headers: apiServer, ...shown }, text)
  return { ...served, port, post, use }
}

/** An agent that keeps its connection open, as an API server does. */
function keptOpen(t: Test, { cert, key }: Minted): { agent: Agent } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: pair.cert, cert, key })
  t.teardown(() => agent.destroy())
  return { agent }
}

t.test('a review of the API server gets credentials without a ticket', async t => {
  const { post, admissions } = await listening(t)
  const { status, body: answer, headers } = await post(keptOpen(t, frontProxy))
  t.equal(status, 200)
  t.match(JSON.parse(answer).response, { allowed: true, patchType: 'JSONPatch' })
  t.equal(headers.connection, 'keep-alive')
  t.match(admissions, [{ result: 'injected' }])
})

t.test('every other client is rejected before its body is read', async t => {
  const { post, admissions, logged } = await listening(t)
  const strangers: [about: string, shown: Partial<Minted>][] = [
    ['no certificate', {}],
    ['a certificate of the cluster’s client CA', kubelet],
    ['a certificate with the name of the front proxy from the client CA', sameName],
    ['a certificate with another name from the front-proxy CA', otherName],
    ['a self-signed certificate', await mint({ name })],
    ['an expired certificate', expired],
    ['a certificate of a CA that is not published yet', ofNextCa],
  ]
  for (const [about, shown] of strangers) {
    const { status, body: answer, headers } = await post(shown)
    t.strictSame([status, headers.connection], [403, 'close'], about)
    t.match(JSON.parse(answer), { kind: 'Status', message: /^found a connection without the API server's front-proxy certificate/ }, about)
  }
  const users: [about: string, headers: object][] = [
    ['no user', { ...apiServer, 'x-remote-user': undefined }],
    ['an administrator', { ...apiServer, 'x-remote-user': 'kubernetes-admin' }],
    ['two users', { ...apiServer, 'x-remote-user': ['system:apiserver', 'mallory'] }],
    ['no group', { ...apiServer, 'x-remote-group': 'system:authenticated' }],
  ]
  for (const [about, requestHeaders] of users) {
    const headers = Object.fromEntries(Object.entries(requestHeaders).filter(([, value]) => value !== undefined))
    const { status, body: answer } = await post({ ...frontProxy, headers })
    t.equal(status, 403, about)
    t.match(JSON.parse(answer).message, /^found a request that the API server forwarded for one of its users/, about)
  }
  t.strictSame(admissions, [])
  t.notMatch(logged(), /kubernetes-admin|mallory/)
})

t.test('on the other routes its certificate does not replace a ticket', async t => {
  const { post } = await listening(t)
  for (const other of ['/inject/default?timeout=10s', '/sync']) {
    const { body: answer } = await post({ ...frontProxy, path: other })
    t.match(JSON.parse(answer).response, { allowed: false, status: { details: { causes: [{ reason: 'NotAttested' }] } } }, other)
  }
})

t.test('a body that is no AdmissionReview gets no credentials', async t => {
  const { post } = await listening(t)
  for (const text of ['{}', '[]', '{', JSON.stringify({ ...JSON.parse(body), kind: 'TokenReview' })]) {
    const { status } = await post({ ...frontProxy, headers: { ...apiServer, 'content-length': Buffer.byteLength(text) } }, text)
    t.equal(status, 400, text.slice(0, 20))
  }
})

t.test('another method on its path gets a 405', async t => {
  const { port } = await listening(t)
  const { status, headers: answered } = await call(port, { ca: pair.cert, method: 'GET', path, headers: {} })
  t.strictSame([status, answered.allow], [405, 'POST'])
})

t.test('while the front-proxy CA is unknown, every request is rejected', async t => {
  const { post, use } = await listening(t, undefined)
  use(undefined)
  for (const shown of [frontProxy, {}]) t.equal((await post(shown)).status, 403)
  use(read(frontCa.cert))
  t.equal((await post(frontProxy)).status, 200)
})

t.test('no request is rejected if a CA is published before it is used, and connections of a removed CA are rejected', async t => {
  const { post, use } = await listening(t)
  const { agent } = keptOpen(t, frontProxy)
  t.equal((await post({ agent })).status, 200)
  use(read(`${frontCa.cert}${nextCa.cert}`))
  for (const shown of [{ agent }, frontProxy, ofNextCa]) t.equal((await post(shown)).status, 200)
  use(read(nextCa.cert))
  t.equal((await post(ofNextCa)).status, 200)
  for (const shown of [{ agent }, frontProxy]) t.equal((await post(shown)).status, 403)
})

t.test('a resumed TLS session is checked against the current CAs', async t => {
  const { port, use } = await listening(t)
  const agent = new Agent({ keepAlive: false, ca: pair.cert, ...frontProxy, maxCachedSessions: 10 })
  t.teardown(() => agent.destroy())
  const reused: boolean[] = []
  const once = () =>
    new Promise<number>((resolve, reject) => {
      const sent = request({ host: 'localhost', port, method: 'POST', path, headers: apiServer, agent }, answer => {
        reused.push((answer.socket as import('node:tls').TLSSocket).isSessionReused())
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
      })
      sent.on('error', reject).end(body)
    })
  t.equal(await once(), 200)
  t.equal(await once(), 200)
  t.ok(reused[1], 'the second connection resumed the session of the first')
  use(read(nextCa.cert))
  t.equal(await once(), 403)
})

t.test('the discovery documents for the aggregator are valid and public', async t => {
  const { port } = await listening(t)
  for (const [path, document] of Object.entries(documents)) {
    const { status, body: answer, headers } = await call(port, { ca: pair.cert, method: 'GET', path, headers: {} })
    t.equal(status, 200, path)
    t.match(headers['content-type'], /^application\/json/)
    t.equal(headers.connection, 'close')
    t.strictSame(JSON.parse(answer), JSON.parse(JSON.stringify(document)))
  }
  const kept = await call(port, { method: 'GET', path: '/apis', headers: {}, ...keptOpen(t, frontProxy) })
  t.equal(kept.headers.connection, 'keep-alive')
})
