import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { bearerRealm } from '../../src/verify/bearer-realm.ts'
import { type ImageName, parseImageName } from '../../src/verify/image-name.ts'
import { platformOfConfig, platformsIn } from '../../src/verify/platforms.ts'
import { checkImage } from '../../src/verify/registry-checks.ts'
import { imageRefusal, loginRefusal } from '../../src/verify/registry-refusal.ts'

const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const image = parseImageName(`${host}/team/app:1`) as ImageName
const denied = (user: string, account: string, reason: string) =>
  `User: arn:aws:sts::${user} is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-east-1:${account}:repository/team/app because ${reason}`

for (const [about, status, code, message, expected] of [
  [
    'a session policy',
    403,
    'DENIED',
    denied('123456789012:assumed-role/r/s', '123456789012', 'no session policy allows the ecr:BatchGetImage action'),
    { state: 'failed', found: /because a session policy does not allow it/, todo: /tenants\[\]\.repositories/ },
  ],
  [
    'the own account',
    403,
    'DENIED',
    denied('123456789012:assumed-role/r/s', '123456789012', 'no identity-based policy allows the ecr:BatchGetImage action'),
    { state: 'failed', todo: /role's permission policy/ },
  ],
  [
    'another account',
    403,
    'DENIED',
    denied('999999999999:assumed-role/r/s', '123456789012', 'no resource-based policy allows the ecr:BatchGetImage action'),
    { state: 'failed', found: /of another account, 123456789012$/, todo: /In account 123456789012, allow the account 999999999999/ },
  ],
  ['a denial of another form', 403, 'DENIED', 'no', { state: 'failed', found: /the principal of these credentials may not/ }],
  ['a missing tag', 404, 'MANIFEST_UNKNOWN', '', { state: 'failed', found: /^no tag 1 in/ }],
  ['a missing repository', 404, 'NAME_UNKNOWN', '', { state: 'failed', found: /^no repository team\/app in/ }],
  [
    'expired credentials',
    401,
    'DENIED',
    'Your authorization token has expired. Reauthenticate and try again.',
    { state: 'failed', found: /they have expired/ },
  ],
  ['throttling', 429, 'TOOMANYREQUESTS', '', { state: 'cannot tell' }],
  ['a failure of the registry', 503, undefined, '', { state: 'cannot tell', needs: /another answer .* than HTTP 503/ }],
] as const) {
  t.test(`${about} is told apart`, async t => t.match(imageRefusal(image, { status, code, message }), expected))
}

t.test('a message of a registry is never quoted', async t => {
  for (const status of [401, 403, 404, 429, 500])
    for (const refused of [
      imageRefusal(image, { status, code: undefined, message: 'hunter2' }),
      loginRefusal(host, { status, code: undefined, message: 'hunter2' }),
    ])
      t.notMatch(JSON.stringify(refused), 'hunter2')
})

t.test('the platforms of an index, and of an image alone', async t => {
  const manifests = ['amd64', 'arm64', 'unknown'].map(architecture => ({
    platform: { os: architecture === 'unknown' ? 'unknown' : 'linux', architecture },
  }))
  t.strictSame(platformsIn({ manifests }), { platforms: ['linux/amd64', 'linux/arm64'] })
  t.strictSame(platformsIn({ config: { digest: 'sha256:1' } }), { configDigest: 'sha256:1' })
  t.equal(platformsIn('a'), undefined)
  t.equal(platformOfConfig({ os: 'linux', architecture: 'arm64' }), 'linux/arm64')
})

t.test('an image whose configuration cannot be had from here is not called wrong', async t => {
  const wanted = { platforms: ['linux/amd64'], from: 'a' }
  const send = async ({ path }: { path: string }) => {
    if (path.includes('/blobs/')) throw new Fault('transient', { found: 'a', wanted: 'b', todo: 'c', code: 'ENOTFOUND' })
    return { status: 200, code: undefined, message: '', body: { config: { digest: 'sha256:1' } } }
  }
  const found = await checkImage(image, { login: { username: 'a', password: 'b' }, wanted, send })
  t.match(found, { state: 'ok', found: /for a platform that cannot be told from here/ })
})

for (const [about, challenge, expected] of [
  [
    'its own host',
    'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"',
    'https://public.ecr.aws/token/?service=public.ecr.aws&scope=repository%3Aa%2Fb%3Apull',
  ],
  ['another host', 'Bearer realm="https://evil.example/token/"', undefined],
  ['plain HTTP', 'Bearer realm="http://public.ecr.aws/token/"', undefined],
  ['no address', 'Bearer realm="x"', undefined],
  ['another scheme', 'Basic realm="https://public.ecr.aws/"', undefined],
] as const) {
  t.test(`credentials are ${expected === undefined ? 'not ' : ''}sent to a token service at ${about}`, async t =>
    t.equal(bearerRealm(challenge, { host: 'public.ecr.aws', path: '/v2/a/b/manifests/1' })?.href, expected),
  )
}
