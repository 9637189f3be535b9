import { verify } from 'node:crypto'
import t from 'tap'
import { decodeJwt } from '../jwt.ts'
import { call, claimsOf, googleFor, publicKey, secretName, syncer } from './world.ts'

const pusher = { email: 'pusher@my-project.iam.gserviceaccount.com', uniqueId: '108765432109876543210' }
const path = `projects/-/serviceAccounts/${pusher.email}`
const options = { accounts: [syncer, pusher] }
const post = (body: object) => ({ http: 'POST', body }) as const

t.test('A JWT is signed with the key of the service account, by its email or its unique id.', async t => {
  const google = await googleFor(t, options)
  const { keyId, signedJwt } = (await call(google, `${path}:signJwt`, post({ payload: '{"sub":"a"}' }))).body
  const key = await publicKey(google, `/service_accounts/v1/jwk/${pusher.email}`)
  t.equal(key.keyId, keyId)
  const [header, payload, signature] = signedJwt.split('.')
  t.ok(verify('sha256', Buffer.from(`${header}.${payload}`), key.publicKey, Buffer.from(signature, 'base64url')))
  t.same(decodeJwt(signedJwt)?.claims, { sub: 'a' })
  t.equal((await call(google, `projects/-/serviceAccounts/${pusher.uniqueId}:signJwt`, post({ payload: '{}' }))).body.keyId, keyId)
})

t.test('An account without the permission to sign is refused, as Google words it.', async t => {
  const google = await googleFor(t, { accounts: [{ ...syncer, lacks: ['iam.serviceAccounts.signJwt'] }, pusher] })
  const { status, body } = await call(google, `${path}:signJwt`, post({ payload: '{}' }))
  t.equal(status, 403)
  t.same(body.error, {
    code: 403,
    message: "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist).",
    status: 'PERMISSION_DENIED',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'IAM_PERMISSION_DENIED',
        domain: 'iam.googleapis.com',
        metadata: { permission: 'iam.serviceAccounts.signJwt' },
      },
    ],
  })
})

const soon = Math.floor(Date.now() / 1000)
const bodies: [about: string, body: object][] = [
  ['a payload that is no JSON', { payload: 'a' }],
  ['a payload that is no object', { payload: '[]' }],
  ['an exp that is no integer', { payload: '{"exp":"1"}' }],
  ['an exp in the past', { payload: `{"exp":${soon - 10}}` }],
  ['an exp more than 12 hours ahead', { payload: `{"exp":${soon + 13 * 3600}}` }],
  ['a payload as a field of another name', { claims: '{}' }],
]

for (const [about, body] of bodies) {
  t.test(`${about} is not signed.`, async t => {
    t.match(await call(await googleFor(t, options), `${path}:signJwt`, post(body)), {
      status: 400,
      body: { error: { status: 'INVALID_ARGUMENT' } },
    })
  })
}

t.test('An account that does not exist is not found.', async t => {
  const answer = await call(await googleFor(t, options), 'projects/-/serviceAccounts/none@example.com:signJwt', post({ payload: '{}' }))
  t.match(answer, { status: 404, body: { error: { message: 'Not found; Gaia id not found for email none@example.com' } } })
})

t.test('An identity token that is generated has the numeric id as azp, and the email only if it is asked for.', async t => {
  const google = await googleFor(t, options)
  const { token } = (await call(google, `${path}:generateIdToken`, post({ audience: 'https://a' }))).body
  t.match(claimsOf(token), { aud: 'https://a', azp: pusher.uniqueId, sub: pusher.uniqueId, email: undefined })
  const named = (await call(google, `${path}:generateIdToken`, post({ audience: 'https://a', includeEmail: true }))).body.token
  t.match(claimsOf(named), { email: pusher.email, email_verified: true })
  t.equal((await call(google, `${path}:generateIdToken`, post({}))).status, 400)
})

t.test('An access token that is generated is one of the other account.', async t => {
  const google = await googleFor(t, options)
  const scope = ['https://www.googleapis.com/auth/cloud-platform']
  const { accessToken, expireTime } = (await call(google, `${path}:generateAccessToken`, post({ scope, lifetime: '300s' }))).body
  t.ok(Math.abs(Date.parse(expireTime) - Date.now() - 300_000) < 30_000)
  t.equal((await call(google, secretName, { token: accessToken })).status, 200)
  t.equal(google.calls().last.at(-1)?.account, pusher.email)
  t.equal((await call(google, `${path}:generateAccessToken`, post({ scope, lifetime: '3601s' }))).status, 400)
  t.equal((await call(google, `${path}:generateAccessToken`, post({}))).status, 400)
})
