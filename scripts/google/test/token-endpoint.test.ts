import { OAuth2Client } from 'google-auth-library'
import t from 'tap'
import type { Google } from '../emulator.ts'
import { call, claimsOf, googleFor, publicKey, secretName, syncer } from './world.ts'

const nowMs = 1_790_000_000_000
const now = nowMs / 1000
const audience = 'https://gcp-to-aws-federation.acme.com'
const tokenUrl = 'https://www.googleapis.com/oauth2/v4/token'
const claims = { iss: syncer.email, aud: tokenUrl, target_audience: audience, iat: now, exp: now + 3600 }

/** A JWT that IAM Credentials signed as an account. */
async function signed(google: Google, payload: object, account = syncer.email): Promise<string> {
  const body = { payload: JSON.stringify(payload) }
  return (await call(google, `projects/-/serviceAccounts/${account}:signJwt`, { http: 'POST', body })).body.signedJwt
}

/** What the token endpoint answers to a form. */
async function exchange({ url }: Google, form: Record<string, string>, path = '/oauth2/v4/token') {
  const answer = await fetch(url + path, { method: 'POST', body: new URLSearchParams(form) })
  const body = (await answer.json()) as Record<string, string>
  return { status: answer.status, body }
}

const grant = (assertion: string) => ({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })

for (const path of ['/oauth2/v4/token', '/token']) {
  t.test(`A signed JWT with a target audience is exchanged at ${path} for an identity token, whose azp is the email.`, async t => {
    const google = await googleFor(t, { nowMs: () => nowMs })
    const { status, body } = await exchange(google, grant(await signed(google, claims)), path)
    t.equal(status, 200)
    t.same(claimsOf(body.id_token ?? ''), {
      iss: 'https://accounts.google.com',
      aud: audience,
      azp: syncer.email,
      email: syncer.email,
      email_verified: true,
      sub: syncer.uniqueId,
      iat: now,
      exp: now + 3600,
    })
    t.equal(google.calls().counts['oauth2.jwt-bearer'], 1)
  })
}

t.test("Google's own client verifies an identity token with the public keys of the emulator.", async t => {
  const google = await googleFor(t)
  const iat = Math.floor(Date.now() / 1000)
  const { body } = await exchange(google, grant(await signed(google, { ...claims, iat, exp: iat + 600 })))
  const key = await publicKey(google, '/oauth2/v3/certs')
  const certs = { [key.keyId]: key.publicKey.export({ type: 'spki', format: 'pem' }).toString() }
  const ticket = await new OAuth2Client().verifySignedJwtWithCertsAsync(body.id_token ?? '', certs, audience, [
    'https://accounts.google.com',
  ])
  t.equal(ticket.getPayload()?.sub, syncer.uniqueId)
})

t.test('A signed JWT with a scope is exchanged for an access token.', async t => {
  const google = await googleFor(t, { nowMs: () => nowMs })
  const { target_audience: _, ...rest } = claims
  const { body } = await exchange(google, grant(await signed(google, { ...rest, scope: 'https://www.googleapis.com/auth/cloud-platform' })))
  t.match(body, { expires_in: 3599, token_type: 'Bearer' })
  t.equal((await call(google, secretName, { token: body.access_token ?? '' })).status, 200)
})

const timeframe = /^Invalid JWT: Token must be a short-lived token \(60 minutes\) and in a reasonable timeframe/
const refused: [about: string, payload: object, error: string, description: string | RegExp][] = [
  ['of an account that is not known', { ...claims, iss: 'nobody@example.com' }, 'invalid_grant', 'Invalid grant: account not found'],
  ['of another account', { ...claims, iss: 'other@my-project.iam.gserviceaccount.com' }, 'invalid_grant', 'Invalid JWT Signature.'],
  ['for another audience', { ...claims, aud: 'https://sts.amazonaws.com' }, 'invalid_grant', 'Invalid JWT: Failed audience check.'],
  ['whose life is longer than an hour', { ...claims, exp: now + 3601 }, 'invalid_grant', timeframe],
  ['that was issued in the future', { ...claims, iat: now + 301 }, 'invalid_grant', timeframe],
  ['without iat', { ...claims, iat: undefined }, 'invalid_grant', timeframe],
  [
    'with neither a scope nor a target audience',
    { ...claims, target_audience: undefined },
    'invalid_scope',
    /^Invalid OAuth scope or ID token audience/,
  ],
  ['with a scope and a target audience', { ...claims, scope: 'a' }, 'invalid_scope', /^Invalid OAuth scope or ID token audience/],
]

for (const [about, payload, error, error_description] of refused) {
  t.test(`A JWT ${about} is refused.`, async t => {
    const google = await googleFor(t, { nowMs: () => nowMs, accounts: [syncer, { email: 'other@my-project.iam.gserviceaccount.com' }] })
    t.match(await exchange(google, grant(await signed(google, payload))), { status: 400, body: { error, error_description } })
  })
}

t.test('A JWT that has expired, or that was changed, is refused.', async t => {
  let clockMs = nowMs
  const google = await googleFor(t, { nowMs: () => clockMs })
  const jwt = await signed(google, claims)
  const [header, , signature] = jwt.split('.')
  const forged = [
    header,
    Buffer.from(JSON.stringify({ ...claims, target_audience: 'https://other' })).toString('base64url'),
    signature,
  ].join('.')
  t.match(await exchange(google, grant(forged)), { body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } })
  clockMs += 3_600_000
  t.match(await exchange(google, grant(jwt)), { body: { error: 'invalid_grant', error_description: timeframe } })
  t.match(await exchange(google, grant('no JWT')), { body: { error: 'invalid_grant' } })
})

t.test('A request that is no grant is refused in the words of OAuth.', async t => {
  const google = await googleFor(t)
  t.match(await exchange(google, {}), { status: 400, body: { error: 'invalid_request', error_description: /grant_type/ } })
  t.match(await exchange(google, { grant_type: 'password' }), { body: { error: 'unsupported_grant_type' } })
  t.match(await exchange(google, grant('')), { body: { error: 'invalid_request', error_description: /assertion/ } })
})

t.test('A refresh token is exchanged for an access token, but not with the secret of another client.', async t => {
  const google = await googleFor(t)
  const { type: _, universe_domain: __, ...login } = google.authorizedUserFile(syncer.email)
  const form = { grant_type: 'refresh_token', ...login }
  const { body } = await exchange(google, form, '/token')
  t.equal((await call(google, secretName, { token: body.access_token ?? '' })).status, 200)
  t.match(await exchange(google, { ...form, client_secret: 'x' }), { status: 401, body: { error: 'invalid_client' } })
  t.match(await exchange(google, { ...form, refresh_token: 'x' }), { status: 400, body: { error: 'invalid_grant' } })
})
