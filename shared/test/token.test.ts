import t from 'tap'
import { parseRegistry } from '../src/registry.ts'
import { regionOf, type Scope, scopeId, scopeOf } from '../src/scope.ts'
import { believed, decodeToken, maxAheadMs, tokenLifeMs } from '../src/token.ts'

const expiresAt = new Date('2026-01-02T00:00:00Z')
const encoded = (text: string) => Buffer.from(text).toString('base64')

t.test('a token consists of the user AWS and a password, which may contain colons', async t => {
  t.strictSame(decodeToken({ authorizationToken: encoded('AWS:a:b:'), expiresAt }), {
    username: 'AWS',
    password: 'a:b:',
    expiresAtMs: expiresAt.getTime(),
  })
})

const unreadable = [
  {},
  { authorizationToken: encoded('AWS:hunter2') },
  { expiresAt },
  { authorizationToken: '', expiresAt },
  { authorizationToken: encoded('hunter2'), expiresAt },
  { authorizationToken: encoded('hunter2:'), expiresAt },
  { authorizationToken: encoded(':hunter2'), expiresAt },
  { authorizationToken: encoded('AWS:hunter2'), expiresAt: new Date(Number.NaN) },
]

t.test('an answer without both is rejected and never quoted', async t => {
  for (const answer of unreadable) {
    t.throws(() => decodeToken(answer), { kind: 'transient', code: 'MalformedResponse', message: /^(?!.*hunter2)(?!.*aHVudGVyMg)/ })
  }
})

const scopes: [host: string, id: string, region: string][] = [
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com', 'us-east-1', 'us-east-1'],
  ['210987654321.dkr.ecr.us-east-1.amazonaws.com', 'us-east-1', 'us-east-1'],
  ['123456789012.dkr.ecr-fips.us-east-1.amazonaws.com', 'us-east-1/fips', 'us-east-1'],
  ['123456789012.dkr-ecr.us-east-1.on.aws', 'us-east-1/dual-stack', 'us-east-1'],
  ['123456789012.dkr-ecr-fips.us-east-1.on.aws', 'us-east-1/fips/dual-stack', 'us-east-1'],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1', 'cn-north-1'],
  ['public.ecr.aws', 'public', 'us-east-1'],
  ['ecr-public.aws.com', 'public', 'us-east-1'],
]

t.test('one token is for all registries of a region and kind, and for no others', async t => {
  for (const [host, id, region] of scopes) {
    const scope: Scope = scopeOf(parseRegistry(host))
    t.equal(scopeId(scope), id, host)
    t.equal(regionOf(scope), region, host)
  }
})

const never = Number.POSITIVE_INFINITY
const nowMs = expiresAt.getTime()
const beliefs: [about: string, aheadMs: number, untilMs: number, wantedMs: number][] = [
  ['12 h ahead', tokenLifeMs, never, tokenLifeMs],
  ['12 h 10 min ahead, because clocks differ', maxAheadMs, never, maxAheadMs],
  ['further ahead', maxAheadMs + 1, never, tokenLifeMs],
  ['100 h ahead', 100 * 3_600_000, never, tokenLifeMs],
  ['an hour ahead', 3_600_000, never, 3_600_000],
  ['in the past', -1, never, -1],
  ['after the session', tokenLifeMs, nowMs + 1_000, 1_000],
  ['far after the session', 100 * 3_600_000, nowMs + 1_000, 1_000],
  ['before the session expires', 1_000, nowMs + 2_000, 1_000],
]

for (const [about, aheadMs, untilMs, wantedMs] of beliefs) {
  t.test(`a token with an expiry ${about} is used for ${wantedMs} ms`, async t => {
    const token = { username: 'AWS', password: 'p', expiresAtMs: nowMs + aheadMs }
    t.strictSame(believed(token, { nowMs, untilMs }), { ...token, expiresAtMs: nowMs + wantedMs })
  })
}
