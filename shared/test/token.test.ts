import t from 'tap'
import { parseRegistry } from '../src/registry.ts'
import { regionOf, type Scope, scopeId, scopeOf } from '../src/scope.ts'
import { decodeToken } from '../src/token.ts'

const expiresAt = new Date('2026-01-02T00:00:00Z')
const encoded = (text: string) => Buffer.from(text).toString('base64')

t.test('a token is the user AWS and a password, which may hold colons', async t => {
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

t.test('an answer without both is refused, and never quoted', async t => {
  for (const answer of unreadable) {
    t.throws(() => decodeToken(answer), { kind: 'passing', code: 'MalformedResponse', message: /^(?!.*hunter2)(?!.*aHVudGVyMg)/ })
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

t.test('one token serves all registries of a region and kind, and no others', async t => {
  for (const [host, id, region] of scopes) {
    const scope: Scope = scopeOf(parseRegistry(host))
    t.equal(scopeId(scope), id, host)
    t.equal(regionOf(scope), region, host)
  }
})
