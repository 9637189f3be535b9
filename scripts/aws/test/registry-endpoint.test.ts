import { request as ask, createServer } from 'node:http'
import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { GetAuthorizationTokenCommand as GetPublicTokenCommand } from '@aws-sdk/client-ecr-public'
import t from 'tap'
import type { Emulator } from '../emulator.ts'
import { account, clients, emulatorFor, passwordOf, region, user } from './world.ts'

const registry = `${account}.dkr.ecr.${region}.amazonaws.com`

for (const host of [
  registry,
  `${account}.dkr.ecr-fips.${region}.amazonaws.com`,
  `${account}.dkr-ecr.${region}.on.aws`,
  `000000000009${registry.slice(12)}`,
]) {
  t.test(`a token of ${region} is accepted by ${host}`, async t => {
    const emulator = await emulatorFor(t)
    t.match(await get(emulator, { host, password: await tokenOf(emulator) }), {
      status: 200,
      body: '{}',
      headers: { 'docker-distribution-api-version': 'registry/2.0' },
    })
  })
}

t.test('a token is valid only in its region, and a public token only for the public registry', async t => {
  const emulator = await emulatorFor(t)
  const [own, open] = [await tokenOf(emulator), await publicTokenOf(emulator)]
  const status = async (host: string, password: string) => (await get(emulator, { host, password })).status
  t.equal(await status(`${account}.dkr.ecr.us-east-1.amazonaws.com`, own), 401)
  t.equal(await status('public.ecr.aws', own), 401)
  t.equal(await status('public.ecr.aws', open), 200)
  t.equal(await status(`${account}.dkr.ecr.us-east-1.amazonaws.com`, open), 401)
  t.equal(await status('ghcr.io', own), 404)
})

t.test('a missing or unknown password is rejected with the answer of ECR', async t => {
  const emulator = await emulatorFor(t)
  for (const password of [undefined, 'guess', await tokenOf(await emulatorFor(t))]) {
    t.match(await get(emulator, { host: registry, password }), {
      status: 401,
      headers: { 'www-authenticate': `Basic realm="https://${registry}/",service="ecr.amazonaws.com"` },
      body: /"errors":\[{"code":"UNAUTHORIZED"/,
    })
  }
})

t.test('a token is rejected after its expiry', async t => {
  let nowMs = Date.now()
  const emulator = await emulatorFor(t, { nowMs: () => nowMs, tokenLifeSeconds: 60 })
  const password = await tokenOf(emulator)
  nowMs += 58_000
  t.equal((await get(emulator, { host: registry, password })).status, 200)
  nowMs += 2000
  t.match(await get(emulator, { host: registry, password }), { status: 401, body: /authorization token has expired/ })
})

t.test('an account that the principal may not read is denied', async t => {
  const emulator = await emulatorFor(t, { users: [{ ...user, mayRead: ['000000000001'] }] })
  const password = await tokenOf(emulator)
  t.match(await get(emulator, { host: registry, password }), { status: 403, body: /"code":"DENIED","message":"User: arn:.*user\/alice/ })
  t.equal((await get(emulator, { host: `000000000001${registry.slice(12)}`, password })).status, 200)
})

t.test('X-Forwarded-Host takes precedence over Host', async t => {
  const emulator = await emulatorFor(t)
  const headers = { 'X-Forwarded-Host': registry, Authorization: basic(await tokenOf(emulator)) }
  t.equal((await fetch(`${emulator.url}/v2/`, { headers })).status, 200)
})

t.test('accepted requests are forwarded to the upstream without the password', async t => {
  const upstream = createServer(async (request, response) => {
    response.setHeader(
      'X-Seen',
      JSON.stringify([request.method, request.url, request.headers.host, request.headers.authorization ?? 'none']),
    )
    for await (const chunk of request) response.write(chunk)
    response.end()
  })
  await new Promise<void>(resolve => upstream.listen(0, '127.0.0.1', resolve))
  t.teardown(() => upstream.close())
  const address = upstream.address()
  const port = typeof address === 'object' ? address?.port : 0
  const emulator = await emulatorFor(t, { upstream: `http://127.0.0.1:${port}` })
  const layer = 'x'.repeat(1_000_000)
  const pushed = await get(emulator, {
    host: registry,
    password: await tokenOf(emulator),
    path: '/v2/app/blobs/uploads/?n=1',
    method: 'PUT',
    body: layer,
  })
  t.equal(pushed.headers['x-seen'], JSON.stringify(['PUT', '/v2/app/blobs/uploads/?n=1', registry, 'none']))
  t.equal(pushed.body.length, layer.length)
  t.equal((await get(emulator, { host: registry, path: '/v2/app/manifests/1' })).status, 401)
})

t.test('a missing upstream causes a 502', async t => {
  const emulator = await emulatorFor(t, { upstream: 'http://127.0.0.1:1' })
  t.match(await get(emulator, { host: registry, password: await tokenOf(emulator) }), { status: 502, body: /ECONNREFUSED/ })
})

async function tokenOf(emulator: Emulator): Promise<string> {
  const { authorizationData } = await clients(emulator).ecr.send(new GetAuthorizationTokenCommand({}))
  return passwordOf(authorizationData?.[0]?.authorizationToken)
}

async function publicTokenOf(emulator: Emulator): Promise<string> {
  const { authorizationData } = await clients(emulator, { at: 'us-east-1' }).ecrPublic.send(new GetPublicTokenCommand({}))
  return passwordOf(authorizationData?.authorizationToken)
}

interface HostRequest {
  host: string
  password?: string | undefined
  path?: string
  method?: string
  body?: string
}

/** Sends a request with a Host header, which fetch cannot set. */
async function get({ port }: Emulator, { host, password, path = '/v2/', method = 'GET', body = '' }: HostRequest) {
  const headers = { Host: host, ...(password !== undefined && { Authorization: basic(password) }) }
  const request = ask({ host: '127.0.0.1', port, path, method, headers, agent: false })
  const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject).end(body)
  })
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) text += chunk
  return { status: answer.statusCode, headers: answer.headers, body: text }
}

function basic(password: string): string {
  return `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`
}
