import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import { injectRoute } from '../../src/aggregated-api/documents.ts'
import { bodyLimit, requestTimeoutMs } from '../../src/http/bodies.ts'
import * as numbers from '../../src/http/server.ts'
import { dockerData, encode, host, oldPassword, secret } from '../admission/secrets.ts'
import { awsWorld, resultOf, review, uid } from '../admission/world.ts'
import { server } from './serving.ts'

const body = review({ object: secret() })

for (const url of ['/inject/default', '/inject/default?timeout=10s', '/sync', '/sync?timeout=10s']) {
  t.test(`POST ${url} answers a review`, async t => {
    const { post, admissions } = server(t)
    const answer = await post(body, { url })
    t.equal(answer.statusCode, 200)
    t.match(answer.headers['content-type'], /^application\/json/)
    t.match(answer.json(), { kind: 'AdmissionReview', response: { uid, allowed: true, patchType: 'JSONPatch' } })
    t.match(admissions, [{ result: 'injected', record: { uid, tenant: 'default' } }])
  })
}

t.test('if only addresses are trusted, a request from a proxy is rejected before its body is read', async t => {
  for (const [refusesProxied, expected] of [
    [true, 403],
    [false, 200],
  ] as const) {
    const { app, admissions } = server(t, { refusesProxied })
    const headers = { 'content-type': 'application/json' }
    for (const name of ['x-forwarded-for', 'x-forwarded-host', 'X-Forwarded-Uri']) {
      const answer = await app.inject({
        method: 'POST',
        url: '/inject/default',
        headers: { ...headers, [name]: '10.0.0.1' },
        payload: body,
      })
      t.equal(answer.statusCode, expected, name)
    }
    t.equal(admissions.length, refusesProxied ? 0 : 3)
    t.equal((await app.inject({ method: 'POST', url: '/inject/default', headers, payload: body })).statusCode, 200)
  }
})

t.test('a denial is sent with HTTP 200 and contains a Status', async t => {
  const { post } = server(t)
  const answer = await post(body, { url: '/inject/team-x' })
  t.equal(answer.statusCode, 200)
  t.match(answer.json().response, { uid, allowed: false, status: { message: /the tenant "team-x", which the webhook does not have/ } })
})

const notReviews = [
  'null',
  '{}',
  '[]',
  '"x"',
  '7',
  '',
  '{',
  `{"a":"${oldPassword}`,
  '{}{}',
  '\uFEFFnull',
  JSON.stringify({ ...body, kind: 'Pod' }),
]

for (const text of [...notReviews, Buffer.from([0xff, 0x00, 0x7b])]) {
  t.test(`a body of ${JSON.stringify(text.toString().slice(0, 30))} gets a 400 that does not quote it`, async t => {
    const { post, logged, admissions } = server(t)
    const answer = await post(text)
    t.equal(answer.statusCode, 400)
    t.match(answer.json(), { kind: 'Status', status: 'Failure', code: 400, message: /wanted an AdmissionReview/ })
    t.notMatch(answer.body + logged(), oldPassword)
    t.strictSame(admissions, [])
  })
}

t.test('a review without a uid gets a 400', async t => {
  const { post } = server(t)
  t.equal((await post({ ...body, request: { ...body.request, uid: undefined } })).statusCode, 400)
})

for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/yaml', 'multipart/form-data; boundary=x']) {
  t.test(`content type ${type} gets a 415`, async t => {
    const { post } = server(t)
    const answer = await post(body, { type })
    t.equal(answer.statusCode, 415)
    t.match(answer.json(), { kind: 'Status', message: /wanted application\/json/ })
  })
}

t.test('content type application/json with a charset is accepted', async t => {
  t.equal((await server(t).post(body, { type: 'application/json; charset=utf-8' })).statusCode, 200)
})

t.test('a review just below 8 MiB is accepted, and one above gets a 413', async t => {
  const { post } = server(t)
  const padded = (length: number) => {
    const text = JSON.stringify(body)
    return text + ' '.repeat(length - text.length)
  }
  t.equal((await post(padded(bodyLimit))).statusCode, 200)
  const answer = await post(padded(bodyLimit + 1))
  t.equal(answer.statusCode, 413)
  t.match(answer.json(), { kind: 'Status', message: /over 8388608 bytes/ })
})

const routes: [method: 'GET' | 'PUT' | 'DELETE' | 'POST', url: string, code: number][] = [
  ['GET', '/inject/default', 405],
  ['GET', '/inject/default?timeout=10s', 405],
  ['PUT', '/sync', 405],
  ['DELETE', '/sync', 405],
  ['POST', '/', 404],
  ['POST', '/inject', 404],
  ['POST', '/inject/a/b', 404],
  ['POST', '/syncs', 404],
  // The webhook of this test is not an aggregated API.
  ['GET', injectRoute.replace(':tenant', 'default'), 404],
  ['GET', '/metrics', 404],
  ['GET', '/livez', 404],
]

for (const [method, url, code] of routes) {
  t.test(`${method} ${url} gets a ${code}`, async t => {
    const answer = await server(t).app.inject({ method, url, headers: { 'content-type': 'application/json' }, payload: '{}' })
    t.equal(answer.statusCode, code)
    t.equal(answer.headers.allow, code === 405 ? 'POST' : undefined)
    t.match(answer.json(), { kind: 'Status', code, message: /wanted POST \/inject\/<tenant>/ })
  })
}

t.test('__proto__ and constructor are ordinary keys of a Secret', async t => {
  const { post } = server(t)
  const object = secret({ data: dockerData({ auths: {} }), notes: { constructor: 'x' } })
  const text = JSON.stringify(review({ object })).replace('"data":{', `"data":{"__proto__":"${encode('mine')}","constructor":"eA==",`)
  const answer = await post(text)
  t.match(answer.json().response, { allowed: true })
  const { operations } = resultOf(object, answer.json())
  t.ok(operations.every(({ path }) => !/__proto__|constructor/.test(path)))
  t.notOk('constructor' in Object.create(null))
})

t.test('an admission is reported before its answer is sent', async t => {
  const events: string[] = []
  const { app, post } = server(t, { onAdmission: ({ result }) => events.push(result) })
  app.addHook('onSend', async () => void events.push('sent'))
  await Promise.all([body, body].map(one => post(one)))
  t.strictSame(events, ['injected', 'sent', 'injected', 'sent'])
})

t.test('during shutdown, requests are answered and their connections are closed, including requests that arrived before', async t => {
  let draining = false
  const { world } = awsWorld()
  const { post } = server(t, {
    isDraining: () => draining,
    admit: (body, asked) => {
      if (asked.tenantName === 'last') draining = true
      return admit(body, asked, world)
    },
  })
  t.not((await post(body)).headers.connection, 'close')
  for (const url of ['/inject/last', '/inject/default']) {
    const answer = await post(body, { url })
    t.strictSame([answer.statusCode, answer.headers.connection], [200, 'close'])
  }
})

t.test('the limits and timeouts are those that the API server needs', async t => {
  const { app } = server(t)
  t.strictSame([bodyLimit, numbers.keepAliveTimeoutMs, requestTimeoutMs], [8 * 1024 * 1024, 120_000, 15_000])
  const { keepAliveTimeout, headersTimeout, requestTimeout, timeout, maxConnections } = app.server
  // This is more than the 90 s for which an API server keeps an unused connection open.
  t.strictSame([keepAliveTimeout, headersTimeout, requestTimeout], [120_000, 120_000, 120_000])
  // This is more than the longest webhook timeout that Kubernetes allows, which is 30 s.
  t.strictSame([timeout, maxConnections, numbers.handshakeTimeoutMs], [35_000, numbers.maxConnections + 1, 5_000])
})

const patiences: [query: unknown, ms: number][] = [
  [{ timeout: '10s' }, 9_000],
  [{ timeout: '30s' }, 29_000],
  [{ timeout: '1s' }, 500],
  [{ timeout: '2s' }, 1_000],
  [{}, 9_000],
  [{ timeout: 'soon' }, 9_000],
  [{ timeout: '0s' }, 9_000],
  [{ timeout: ['1s', '2s'] }, 9_000],
  [{ timeout: '' }, 9_000],
]

for (const [query, ms] of patiences) {
  t.test(`with the query ${JSON.stringify(query)}, calls to AWS may take ${ms} ms`, async t => t.equal(numbers.patienceMs(query), ms))
}

t.test('the time that is left for AWS decreases during an admission, and is never negative', async t => {
  let now = 0
  const limits: number[] = []
  const { world } = awsWorld()
  const ownRegistry = async (_: string, limitMs: number) => {
    limits.push(limitMs)
    now += 60_000
    return host
  }
  const token: typeof world.token = async (key, limitMs) => {
    limits.push(limitMs)
    return world.token(key, limitMs)
  }
  const { post } = server(t, { nowMs: () => now, world: { ...world, ownRegistry, token } })
  await post(review({ object: secret({ notes: { [annotations.registries]: '' } }) }), { url: '/sync?timeout=5s' })
  t.strictSame(limits, [4_000, 0])
})

t.test('with log level trace, no part of a body or an answer is logged, whatever the outcome', async t => {
  const { post, logged } = server(t)
  const marked = secret({
    data: dockerData({ auths: { 'ghcr.io': { password: oldPassword } } }),
    notes: { [annotations.attestation]: oldPassword },
  })
  await post(review({ object: marked }))
  await post(review({ object: { ...marked, type: oldPassword } }))
  await post(JSON.stringify(review({ object: marked })).slice(0, -1))
  await post(review({ object: marked }), { type: 'text/plain' })
  await post(review({ object: marked }), { url: '/nowhere' })
  await post(`${JSON.stringify(review({ object: marked }))}${' '.repeat(bodyLimit)}`)
  t.notMatch(logged(), oldPassword)
  t.notMatch(logged(), encode(oldPassword).slice(0, 10))
  t.notMatch(logged(), 'new-hunter2')
  t.match(logged(), /"msg":"refused"/)
})
