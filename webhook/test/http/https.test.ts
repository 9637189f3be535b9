import https from 'node:https'
import { labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { usePair } from '../../src/http/server.ts'
import { parsePair } from '../../src/tls/serving.ts'
import { encode, oldPassword, secret } from '../secrets.ts'
import { mint } from '../tls/pairs.ts'
import { review, uid } from '../world.ts'
import { call, portOf, sendRaw } from './calls.ts'
import { server } from './serving.ts'

const [pair, clientCa] = await Promise.all([mint(), mint({ name: 'client-ca' })])
const body = JSON.stringify(review({ object: secret() }))

/** A true server on a port of its own. */
async function listening(t: Parameters<typeof server>[0], options: Parameters<typeof server>[1] = {}) {
  const served = server(t, options)
  usePair(served.app, parsePair(pair.cert, pair.key), options.clients)
  await served.app.listen({ host: 'localhost', port: 0 })
  return { ...served, port: portOf(served.app) }
}

t.test('a review is answered over HTTPS', async t => {
  const { port } = await listening(t)
  const { status, body: answer } = await call(port, { ca: pair.cert }, body)
  t.equal(status, 200)
  t.match(JSON.parse(answer), { response: { uid, allowed: true } })
})

t.test('connections are kept, and closed once draining', async t => {
  let draining = false
  const { port } = await listening(t, { isDraining: () => draining })
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: pair.cert })
  t.teardown(() => agent.destroy())
  let connections = 0
  agent.on('free', () => {})
  for (let at = 0; at < 3; at += 1) {
    const { headers } = await call(port, { agent }, body)
    t.equal(headers.connection, 'keep-alive')
    connections = Object.values(agent.sockets).length + Object.values(agent.freeSockets).length
  }
  t.equal(connections, 1)
  draining = true
  const { status, headers } = await call(port, { agent }, body)
  t.strictSame([status, headers.connection], [200, 'close'])
})

t.test('TLS below 1.2 is refused', async t => {
  const { port } = await listening(t)
  await t.rejects(call(port, { ca: pair.cert, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }, body))
  t.equal((await call(port, { ca: pair.cert, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }, body)).status, 200)
})

const malformed: [about: string, bytes: string][] = [
  ['no HTTP', `${oldPassword}\r\n\r\n`],
  ['a header without a name', `POST /sync HTTP/1.1\r\n: ${oldPassword}\r\n\r\n`],
  ['headers that are too long', `POST /sync HTTP/1.1\r\nx: ${oldPassword.repeat(4_000)}\r\n\r\n`],
  ['two lengths', `POST /sync HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n${oldPassword}`],
  ['a length and chunks', `POST /sync HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n${oldPassword}`],
  ['HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${oldPassword}`],
]

for (const [about, bytes] of malformed) {
  t.test(`${about} ends the connection: nothing of it is answered or logged`, async t => {
    const { port, logged } = await listening(t)
    const answer = await sendRaw(port, { ca: pair.cert }, bytes)
    t.notMatch(answer, oldPassword)
    t.notMatch(logged(), oldPassword)
    t.notMatch(logged(), [...Buffer.from(oldPassword)].join(), 'not even as a list of bytes')
    t.equal((await call(port, { ca: pair.cert }, body)).status, 200, 'and the next one is served')
  })
}

t.test('a client that speaks plain HTTP, or hangs up in the handshake, hurts nobody', async t => {
  const { port, logged } = await listening(t)
  await fetch(`http://localhost:${port}/${oldPassword}`).catch(() => {})
  await t.rejects(call(port, {}, body), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  t.equal((await call(port, { ca: pair.cert }, body)).status, 200)
  t.notMatch(logged(), oldPassword)
})

t.test('where callers must show a certificate, only the named ones of that CA are answered', async t => {
  const clients = { ca: clientCa.cert, names: ['kube-apiserver'] }
  const { port, admissions } = await listening(t, { clients })
  const [named, other, stranger] = await Promise.all([
    mint({ name: 'kube-apiserver', by: clientCa }),
    mint({ name: 'somebody', by: clientCa }),
    mint({ name: 'kube-apiserver' }),
  ])
  t.equal((await call(port, { ca: pair.cert, ...named }, body)).status, 200)
  const refused = await call(port, { ca: pair.cert, ...other }, body)
  t.equal(refused.status, 400)
  t.match(JSON.parse(refused.body), { kind: 'Status', message: /a client certificate of another name; wanted one of CLIENT_NAMES/ })
  await t.rejects(call(port, { ca: pair.cert, ...stranger }, body))
  await t.rejects(call(port, { ca: pair.cert }, body))
  t.equal(admissions.length, 1)
})

t.test('after a new pair is taken up, callers must still show a certificate', async t => {
  const clients = { ca: clientCa.cert, names: ['kube-apiserver'] }
  const { app, port } = await listening(t, { clients })
  const next = await mint()
  usePair(app, parsePair(next.cert, next.key), clients)
  await t.rejects(call(port, { ca: next.cert }, body))
  const named = await mint({ name: 'kube-apiserver', by: clientCa })
  t.equal((await call(port, { ca: next.cert, ...named }, body)).status, 200)
})

t.test('a review of 3 MB, object and old object of the largest legal size, is answered', async t => {
  const { port } = await listening(t)
  const large = secret({
    data: { other: encode('x'.repeat(1_000_000)) },
    metadata: { name: 'a', namespace: 'b', labels: { [labels.managed]: 'true' } },
  })
  const { status } = await call(port, { ca: pair.cert }, JSON.stringify(review({ object: large, oldObject: large })))
  t.equal(status, 200)
})
