import t from 'tap'
import { decodeClaims } from '../src/claims.ts'
import { exchangeRefusal } from '../src/web-identity-refusal.ts'

const roleArn = 'arn:aws:iam::111122223333:role/ci'
const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`

interface Exchange {
  durationSeconds?: number
  nowMs?: number
}

/** What AWS answers, and the fault for it, if it refuses a token with these claims. */
function refusal(code: string, claims: object, { durationSeconds, nowMs = 0 }: Exchange = {}) {
  const error = Object.assign(new Error('a text of AWS, which may quote the token'), { name: code })
  const decoded = decodeClaims(jwt(claims)) ?? { aud: [] }
  return { error, decoded, fault: exchangeRefusal(error, { roleArn, region: 'us-east-1', durationSeconds, claims: decoded, nowMs }) }
}

/** The message of that fault. */
function refused(claims: object, code = 'InvalidIdentityTokenException'): string {
  return refusal(code, claims).fault.message
}

for (const claims of [
  {},
  { iss: 'https://a.example' },
  { iss: 'a.example', aud: 'b' },
  { iss: 'http://a.example', aud: 'b' },
  { iss: 5, aud: [] },
]) {
  t.test(`a token with the claims ${JSON.stringify(claims)} is none that AWS can accept, so no OIDC provider is suggested`, async t => {
    const text = refused(claims)
    t.match(text, /InvalidIdentityToken .*; wanted a token whose issuer \(iss\) begins with https:\/\/, and that has an audience \(aud\)/)
    t.notMatch(text, 'oidc-provider')
  })
}

t.test('for another token, the provider and the audience are named', async t => {
  const text = refused({ iss: 'https://oidc.example/path', aud: 'sts.amazonaws.com', sub: 'a' })
  t.match(text, 'wanted the OIDC provider arn:aws:iam::111122223333:oidc-provider/oidc.example/path, with "sts.amazonaws.com" among')
  t.notMatch(text, 'which may quote the token')
})

t.test('control characters in claims reach no terminal', async t => {
  for (const code of ['InvalidIdentityTokenException', 'AccessDenied', 'ExpiredTokenException']) {
    t.notMatch(refused({ iss: 'https://a.example/\x1b[31m', aud: '\x9b2J', sub: '\x07' }, code), /(?!\n)\p{Cc}/u, code)
  }
})

const unanswered: [code: string, todo: RegExp][] = [
  ['ECONNREFUSED', /Can this machine reach AWS/],
  ['TimeoutError', /Can this machine reach AWS/],
  ['ENOTFOUND', /Is us-east-1 a region of AWS/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /AWS_CA_BUNDLE/],
  ['ERR_PROXY_TUNNEL', /check HTTPS_PROXY/],
  ['SyntaxError', /change answers/],
  ['ThrottlingException', /try again later/],
]

for (const [code, todo] of unanswered) {
  t.test(`${code} says nothing about the token, so its claims are not shown`, async t => {
    const text = refused({ iss: 'https://oidc.example', aud: 'sts.amazonaws.com', sub: 'hidden' }, code)
    t.match(text, todo)
    t.notMatch(text, 'hidden')
  })
}

const issued = { iss: 'https://oidc.example', aud: 'sts.amazonaws.com', sub: 'a', iat: 0 }
const refusals: [code: string, claims: object, exchange: Exchange, text: RegExp][] = [
  [
    'AccessDenied',
    issued,
    {},
    /wanted a role whose trust policy allows .* and whose conditions.* oidc\.example:aud = "sts\.amazonaws\.com"/,
  ],
  ['InvalidIdentityToken', { ...issued, iss: 'https://accounts.google.com' }, {}, /wanted a valid token of Google with /],
  [
    'ExpiredTokenException',
    { ...issued, exp: 60 },
    { nowMs: 120_000 },
    /wanted a token that has not expired \(issued 1970-.*\)\. Get a new token/,
  ],
  ['ExpiredTokenException', { ...issued, exp: 60 }, { nowMs: 0 }, /valid by AWS's clock .*so the clock is wrong, or the issuer's is/],
  ['ExpiredTokenException', { iss: issued.iss }, {}, /issued at an unknown time, expires at an unknown time/],
  ['IDPRejectedClaim', issued, {}, /has expired or was revoked/],
  ['IDPCommunicationError', issued, {}, /wanted the keys of the issuer https:\/\/oidc\.example\. Can AWS reach the issuer/],
  ['ValidationError', issued, { durationSeconds: 43_200 }, /maximum session duration, found 43200 s\. Shorten --duration/],
  ['ValidationError', issued, {}, /wanted the credentials of the role\. If it persists/],
  ['RegionDisabledException', issued, {}, /Set AWS_REGION to another region/],
]

for (const [code, claims, exchange, text] of refusals) {
  t.test(`${code} for ${JSON.stringify(claims)}: the advice is ${text.source.slice(0, 60)}`, async t => {
    const { error, decoded, fault } = refusal(code, claims, exchange)
    t.match(fault.message, text)
    t.match(fault.message, decoded.iss)
    t.equal(fault.cause, error)
  })
}
