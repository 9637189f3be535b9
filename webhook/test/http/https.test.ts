import { once } from 'node:events'
import https from 'node:https'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { call, portOf, sendRaw } from '@ecr-anywhere/scripts/testbed/https-call.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { parsePair } from '../../src/files/serving-pair.ts'
import { handshakeTimeoutMs, keepAliveTimeoutMs, usePair } from '../../src/http/server.ts'
import { encode, oldPassword, secret } from '../admission/secrets.ts'
import { review, uid } from '../admission/world.ts'
import { mint } from '../files/pairs.ts'
import { server } from './serving.ts'

const pair = await mint()
const body = JSON.stringify(review({ object: secret() }))

/** A real server on its own port. */
async function listening(t: Parameters<typeof server>[0], options: Parameters<typeof server>[1] = {}, clientCaPem?: string) {
  const served = server(t, options)
  usePair(served.app, parsePair(pair.cert, pair.key), clientCaPem)
  await served.app.listen({ host: 'localhost', port: 0 })
  return { ...served, port: portOf(served.app) }
}

t.test('a review is answered over HTTPS', async t => {
  const { port } = await listening(t)
  const { status, body: answer } = await call(port, { ca: pair.cert }, body)
  t.equal(status, 200)
  t.match(JSON.parse(answer), { response: { uid, allowed: true } })
})

t.test('connections are kept open, and closed while the webhook shuts down', async t => {
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

t.test('TLS below 1.2 is rejected', async t => {
  const { port } = await listening(t)
  await t.rejects(call(port, { ca: pair.cert, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }, body))
  t.equal((await call(port, { ca: pair.cert, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }, body)).status, 200)
})

const malformed: [about: string, bytes: string][] = [
  ['no HTTP', `${oldPassword}\r\n\r\n`],
  ['a header without a name', `POST /sync HTTP/1.1\r\n: ${oldPassword}\r\n\r\n`],
  ['headers that are too long', `POST /sync HTTP/1.1\r\nx: ${oldPassword.repeat(4_000)}\r\n\r\n`],
  ['two Content-Length headers', `POST /sync HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n${oldPassword}`],
  [
    'a Content-Length and chunks',
    `POST /sync HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n${oldPassword}`,
  ],
  ['HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${oldPassword}`],
]

for (const [about, bytes] of malformed) {
  t.test(`a request with ${about} is closed without an answer, and nothing of it is logged`, async t => {
    const { port, logged } = await listening(t)
    const answer = await sendRaw(port, { ca: pair.cert }, bytes)
    t.notMatch(answer, oldPassword)
    t.notMatch(logged(), oldPassword)
    t.notMatch(logged(), [...Buffer.from(oldPassword)].join(), 'the log does not contain it as a list of bytes either')
    t.equal((await call(port, { ca: pair.cert }, body)).status, 200, 'the next request is answered')
  })
}

t.test('a client that sends plain HTTP or closes the connection in the handshake does not affect others', async t => {
  const { port, logged } = await listening(t)
  await fetch(`http://localhost:${port}/${oldPassword}`).catch(() => {})
  await t.rejects(call(port, {}, body), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  t.equal((await call(port, { ca: pair.cert }, body)).status, 200)
  t.notMatch(logged(), oldPassword)
})

t.test('a second request before the answer to the first closes the connection, so that pipelining is impossible', async t => {
  const { port, admissions } = await listening(t, { admit: () => new Promise(() => {}) })
  const request = `POST /sync HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  t.equal(await sendRaw(port, { ca: pair.cert }, request + request), '')
  t.strictSame(admissions, [])
})

t.test('two consecutive requests on one connection get two answers', async t => {
  const { port } = await listening(t)
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: pair.cert })
  t.teardown(() => agent.destroy())
  for (let at = 0; at < 200; at += 1) t.equal((await call(port, { agent }, body)).status, 200)
})

for (const [about, request] of [
  ['an unknown path', 'POST /nothing HTTP/1.1\r\nhost: a\r\ncontent-type: application/json'],
  ['another method', 'PUT /sync HTTP/1.1\r\nhost: a\r\ncontent-type: application/json'],
  ['another content type', 'POST /sync HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain'],
  ['a length above the limit', 'POST /sync HTTP/1.1\r\nhost: a\r\ncontent-type: application/json'],
] as const) {
  t.test(`a request with ${about} is answered before its body arrives, and the connection is closed`, async t => {
    const { port } = await listening(t)
    const answer = await sendRaw(port, { ca: pair.cert }, `${request}\r\ncontent-length: 9000000\r\n\r\n{`)
    t.match(answer, /^HTTP\/1\.1 4\d\d .*connection: close/s)
  })
}

t.test('an aborted body affects only its own request', async t => {
  const { port } = await listening(t)
  const socket = connect({ host: 'localhost', port, ca: pair.cert })
  await once(socket, 'secureConnect')
  socket.write('POST /sync HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{')
  socket.destroy()
  t.equal((await call(port, { ca: pair.cert }, body)).status, 200)
})

t.test('an unused connection is kept open for as long as the API server keeps it', async t => {
  const { app, port } = await listening(t)
  const accepted = once(app.server, 'secureConnection') as Promise<[TLSSocket]>
  const socket = connect({ host: 'localhost', port, ca: pair.cert })
  t.teardown(() => socket.destroy())
  const [near] = await accepted
  t.equal(near.timeout, keepAliveTimeoutMs)
  t.ok(app.server.headersTimeout >= keepAliveTimeoutMs && app.server.requestTimeout >= keepAliveTimeoutMs)
})

t.test('a connection is closed if its handshake takes too long', async t => {
  const { app } = await listening(t)
  const accepted = once(app.server, 'connection')
  const { port } = app.server.address() as AddressInfo
  const socket = connectTcp({ host: 'localhost', port })
  t.teardown(() => socket.destroy())
  const startMs = performance.now()
  await accepted
  socket.resume()
  await once(socket, 'close')
  const ms = performance.now() - startMs
  t.ok(ms > handshakeTimeoutMs - 100, `${ms} ms`)
})

t.test('a review of 3 MB with the largest allowed object and oldObject is answered', async t => {
  const { port } = await listening(t)
  const large = secret({
    data: { other: encode('x'.repeat(1_000_000)) },
    metadata: { name: 'a', namespace: 'b', labels: { [labels.managed]: 'true' } },
  })
  const { status } = await call(port, { ca: pair.cert }, JSON.stringify(review({ object: large, oldObject: large })))
  t.equal(status, 200)
})
