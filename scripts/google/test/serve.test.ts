import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import type { FaultName } from '../faults.ts'
import { call, googleFor, project, repositoryName, secretManagerClient, secretName, syncer } from './world.ts'

const add = { http: 'POST', body: { payload: { data: 'YQ==' } } } as const
const path = `${secretName}:addVersion`
const reset = { cause: { code: /^(ECONNRESET|UND_ERR_SOCKET)$/ } }

const refusals: [fault: FaultName, status: number, code: string, message: RegExp][] = [
  ['unauthenticated', 401, 'UNAUTHENTICATED', /^Request had invalid authentication credentials/],
  [
    'permission-denied',
    403,
    'PERMISSION_DENIED',
    /^Permission 'secretmanager.versions.add' denied for resource 'projects\/my-project\/secrets\/ecr'/,
  ],
  ['service-disabled', 403, 'PERMISSION_DENIED', /^Secret Manager API has not been used in project 123456789012 before or it is disabled/],
  ['not-found', 404, 'NOT_FOUND', /not found/],
  ['conflict', 409, 'ABORTED', /etag/],
  ['throttled', 429, 'RESOURCE_EXHAUSTED', /exhausted/],
  ['quota', 429, 'RESOURCE_EXHAUSTED', /^Quota exceeded for quota metric .* for consumer 'project_number:123456789012'/],
  ['internal', 500, 'INTERNAL', /Internal error/],
  ['unavailable', 503, 'UNAVAILABLE', /unavailable/],
]

for (const [fault, status, code, message] of refusals) {
  t.test(`The fault ${fault} is answered with ${status} ${code}, and nothing is done.`, async t => {
    const google = await googleFor(t)
    google.fault({ fault, api: 'secretmanager', method: 'AddSecretVersion', times: 1 })
    const answer = await call(google, path, add)
    t.match(answer, { status, body: { error: { code: status, status: code, message } } })
    t.equal(answer.headers.get('retry-after'), fault === 'throttled' ? '1' : null)
    t.equal(google.versions(secretName).length, 2)
    t.equal((await call(google, path, add)).status, 200)
    t.match(google.calls().last, [{ status }, { status: 200 }])
  })
}

t.test('A quota says when to try again in its details.', async t => {
  const google = await googleFor(t)
  google.fault({ fault: 'quota', retrySeconds: 30 })
  const { details } = (await call(google, repositoryName)).body.error
  t.match(details, [
    { reason: 'RATE_LIMIT_EXCEEDED', metadata: { service: 'artifactregistry.googleapis.com', consumer: `projects/${project.number}` } },
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ subject: `project_number:${project.number}` }] },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '30s' },
    {},
  ])
})

t.test("Google's own client reads the code of a fault.", async t => {
  const google = await googleFor(t)
  const client = secretManagerClient(google)
  t.teardown(() => client.close())
  google.fault({ fault: 'conflict', api: 'secretmanager' })
  await t.rejects(client.destroySecretVersion({ name: `${secretName}/versions/1` }), { code: 10 })
  google.heal()
  google.fault({ fault: 'service-disabled', api: 'secretmanager' })
  await t.rejects(client.getSecret({ name: secretName }), { code: 7, reason: 'SERVICE_DISABLED' })
})

t.test('Faults meet the token endpoint, in the words of OAuth.', async t => {
  const google = await googleFor(t)
  google.fault({ fault: 'invalid-grant', api: 'oauth2', times: 1 })
  google.fault({ fault: 'unavailable', api: 'oauth2', times: 1 })
  const refresh = () => fetch(`${google.url}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token' }) })
  t.match(await (await refresh()).json(), { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' })
  t.equal((await refresh()).status, 503)
})

t.test('A slow call is answered later.', async t => {
  const google = await googleFor(t)
  google.fault({ fault: 'latency', ms: 80, api: 'artifactregistry' })
  const startMs = performance.now()
  t.equal((await call(google, secretName)).status, 200)
  t.equal((await call(google, repositoryName)).status, 200)
  t.ok(performance.now() - startMs >= 79)
})

const broken: [fault: FaultName, versions: number][] = [
  ['reset', 2],
  ['lost-answer', 3],
  ['cut', 3],
]

for (const [fault, versions] of broken) {
  t.test(`The fault ${fault} breaks the connection when there are ${versions} versions.`, async t => {
    const google = await googleFor(t)
    google.fault({ fault, times: 1 })
    await t.rejects(call(google, path, add), reset)
    t.equal(google.versions(secretName).length, versions)
  })
}

t.test('Half of an answer, and a page of a proxy, are no JSON.', async t => {
  const google = await googleFor(t)
  for (const fault of ['malformed', 'bad-gateway'] as const) {
    google.fault({ fault, times: 1 })
    await t.rejects(call(google, secretName), SyntaxError)
  }
})

t.test('A call that hangs gets no answer, and the emulator can be stopped all the same.', async t => {
  const google = await googleFor(t)
  google.fault({ fault: 'hang' })
  const hanging = t.rejects(call(google, path, add), reset)
  while (google.calls().counts['secretmanager.AddSecretVersion'] === undefined) await new Promise(setImmediate)
  await google.stop()
  await hanging
  t.equal(google.versions(secretName).length, 2)
})

t.test('The hook is called at each moment of a call, in order.', async t => {
  const moments: string[] = []
  const google = await googleFor(t, { onCall: ({ method, status }, moment) => void moments.push(`${method} ${moment} ${status}`) })
  await call(google, path, add)
  while (moments.length < 3) await new Promise(setImmediate)
  t.same(moments, ['AddSecretVersion received undefined', 'AddSecretVersion applied 200', 'AddSecretVersion answered 200'])
  google.setOnCall()
  await call(google, path, add)
  t.equal(moments.length, 3)
})

for (const moment of ['received', 'applied', 'answered'] as const) {
  t.test(`A client can be killed when its call was ${moment}: the call is applied once.`, async t => {
    const google = await googleFor(t)
    const script = `await fetch(process.env.URL, { method: 'POST', headers: { Authorization: process.env.AUTHORIZATION }, body: process.env.BODY })
      setInterval(() => {}, 1000)`
    const env = {
      URL: `${google.url}/v1/${path}`,
      AUTHORIZATION: `Bearer ${google.accessToken(syncer.email)}`,
      BODY: JSON.stringify(add.body),
    }
    const client = spawn(process.execPath, ['--input-type=module', '-e', script], { env, stdio: 'ignore' })
    const exited = once(client, 'exit')
    google.setOnCall(async (_, at) => {
      if (at !== moment) return
      client.kill('SIGKILL')
      await exited
    })
    t.same(await exited, [null, 'SIGKILL'])
    while (google.calls().last.at(-1)?.status === undefined) await new Promise(setImmediate)
    t.equal(google.versions(secretName).length, 3)
  })
}

t.test('Another process reads the calls, and switches the faults on and off.', async t => {
  const google = await googleFor(t)
  const faults = (method: string, body?: unknown) =>
    fetch(`${google.url}/_emulator/faults`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
  t.same(await (await faults('PUT', [{ fault: 'unavailable', times: 1 }])).json(), [{ fault: 'unavailable', times: 1 }])
  t.equal((await call(google, secretName)).status, 503)
  t.same(await (await faults('GET')).json(), [])
  t.equal((await faults('PUT', [{ fault: 'fire' }])).status, 400)
  t.same(await (await faults('DELETE')).json(), [])
  t.match(await (await fetch(`${google.url}/_emulator/calls`)).json(), { counts: { 'secretmanager.GetSecret': 1 } })
  await fetch(`${google.url}/_emulator/calls`, { method: 'DELETE' })
  t.same(google.calls().last, [])
  t.equal((await fetch(`${google.url}/_emulator/x`)).status, 404)
})
