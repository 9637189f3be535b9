import t from 'tap'
import { type Claims, conditionsOf, decodeClaims, describeClaims, federatedPrincipal } from '../src/claims.ts'

const jwt = (claims: unknown) => `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`
const decoded = (claims: object): Claims => decodeClaims(jwt(claims)) ?? { aud: [] }

const google = { iss: 'https://accounts.google.com', sub: '1234', aud: 'https://aws.example.com', azp: 'ci@p.iam.gserviceaccount.com' }
const github = { iss: 'https://token.actions.githubusercontent.com', sub: 'repo:a/b:ref:refs/heads/main', aud: ['sts.amazonaws.com'] }

t.test('claims are decoded, and nothing else of the token', async t => {
  t.strictSame(decodeClaims(`${jwt({ ...google, iat: 1, exp: 2, email: 'x' })}\n`), { ...google, aud: [google.aud], iat: 1, exp: 2 })
  t.match(decoded({ iss: 1, sub: [], aud: {}, exp: 'x' }), { aud: [] })
  for (const text of ['', 'abc', 'a.b', 'a.b.c', jwt(['a']), jwt(null), 'ya29.access.token']) t.equal(decodeClaims(text), undefined, text)
})

t.test('the description shows iss, sub, aud and azp, and shortens what is long', async t => {
  t.equal(
    describeClaims(decoded(google)),
    'iss "https://accounts.google.com", sub "1234", aud "https://aws.example.com", azp "ci@p.iam.gserviceaccount.com"',
  )
  t.equal(describeClaims(decoded({ aud: ['a', 'b'] })), 'aud ["a","b"]')
  t.ok(describeClaims(decoded({ sub: 'x'.repeat(5_000) })).length < 250)
})

t.test('conditions have the values that AWS reads: of a token with azp, aud is azp and oaud is aud', async t => {
  t.strictSame(conditionsOf(decoded(google)), [
    ['accounts.google.com:aud', 'ci@p.iam.gserviceaccount.com'],
    ['accounts.google.com:oaud', 'https://aws.example.com'],
    ['accounts.google.com:sub', '1234'],
  ])
  t.strictSame(conditionsOf(decoded(github)), [
    ['token.actions.githubusercontent.com:aud', 'sts.amazonaws.com'],
    ['token.actions.githubusercontent.com:sub', 'repo:a/b:ref:refs/heads/main'],
  ])
})

t.test('the principal is the OIDC provider of the account of the role; Google is built in', async t => {
  t.equal(federatedPrincipal(decoded(google), 'arn:aws:iam::111122223333:role/ci'), 'accounts.google.com')
  t.equal(
    federatedPrincipal(decoded({ ...github, iss: 'https://a.example/b' }), 'arn:aws-cn:iam::111122223333:role/ci'),
    'arn:aws-cn:iam::111122223333:oidc-provider/a.example/b',
  )
})
