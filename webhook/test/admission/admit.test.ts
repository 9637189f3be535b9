import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
import { maxWarningLength } from '../../src/admission/reply.ts'
import { decode, host, injectedSecret, nowMs, oldPassword, otherHost, secret } from './secrets.ts'
import { answer, awsDown, awsWorld, newPassword, review, uid } from './world.ts'

const hours = 3_600_000
const older = { username: 'AWS', password: 'older-hunter2', expiresAtMs: nowMs + 7 * hours }
const touched = { object: injectedSecret({ notes: { [annotations.markedForUpdateAt]: 'now' } }), oldObject: injectedSecret() }
const down = awsWorld({ token: () => Promise.reject(awsDown) }).world

t.test('while AWS fails, an older token is injected, with a warning', async t => {
  const { world } = awsWorld({ token: async () => ({ value: older, stale: awsDown }) })
  const { result, patched, warnings } = await answer({ object: secret() }, world)
  t.equal(result, 'stale')
  t.match(decode(patched.data?.['.dockerconfigjson']), older.password)
  t.match(patched.metadata.annotations, { [annotations.expiresAt]: '2026-01-01T19:00:00Z' })
  t.strictSame(warnings, ['ecr-anywhere: AccessDeniedException from AWS; injected an older token, good until 2026-01-01T19:00:00Z'])
})

t.test('a programming error because of which a token is stale is not quoted', async t => {
  const { world } = awsWorld({ token: async () => ({ value: older, stale: new Error('hunter2') }) })
  t.match((await answer({ object: secret() }, world)).warnings, [/^ecr-anywhere: an error from AWS; injected an older token/])
})

t.test('while AWS fails and there is no token, an update keeps the credentials of oldObject, with a warning', async t => {
  const { result, patched, warnings, record } = await answer(touched, down)
  t.equal(result, 'kept')
  t.strictSame(patched, touched.object)
  t.strictSame(warnings, ['ecr-anywhere: AccessDeniedException from AWS; kept the old credentials, good until 2026-01-01T23:00:00Z'])
  t.match(record.why, /AccessDeniedException from ecr:GetAuthorizationToken/)
})

t.test('credentials that an update removed are restored while AWS fails', async t => {
  const oldObject = injectedSecret({ notes: { [annotations.expiresAt]: '2026-01-01T12:59:00Z' } })
  const { result, patched } = await answer({ object: secret(), oldObject }, down)
  t.equal(result, 'kept')
  t.strictSame(patched, oldObject)
})

const unkept: [about: string, asked: Parameters<typeof answer>[0]][] = [
  ['a create', { object: injectedSecret() }],
  ['an update with other registries', { object: secret({ notes: { [annotations.registries]: otherHost } }), oldObject: injectedSecret() }],
  ['an update with exactly 5 min left', expiring('2026-01-01T12:05:00Z')],
  ['an update of an expired Secret', expiring('2026-01-01T11:00:00Z')],
]

for (const [about, asked] of unkept) {
  t.test(`while AWS fails and there is no token, ${about} is denied with the code of AWS, the registry and a remedy`, async t => {
    const { result, response } = await answer(asked, down)
    t.equal(result, 'error')
    t.match(response, {
      allowed: false,
      status: {
        status: 'Failure',
        code: 503,
        reason: 'ServiceUnavailable',
        message: /AccessDeniedException.* asked for \d{12}\.dkr\.ecr\..*Allow it\.$/,
      },
    })
    t.match(response.status, { details: { group: 'ecr-anywhere.centml.ai', causes: [{ reason: 'AccessDeniedException' }] } })
    t.equal(response.patch, undefined)
  })
}

t.test('an update keeps credentials that are valid for more than 5 min', async t => {
  t.equal((await answer(expiring('2026-01-01T12:05:01Z'), down)).result, 'kept')
})

t.test('if one of two regions fails, the request is denied', async t => {
  const { world } = awsWorld()
  const token: typeof world.token = (key, limitMs) =>
    key.scope.kind === 'private' && key.scope.region === 'eu-west-1' ? Promise.reject(awsDown) : world.token(key, limitMs)
  const object = secret({ notes: { [annotations.registries]: `${host},${otherHost}` } })
  const { result, response } = await answer({ object }, { ...world, token })
  t.equal(result, 'error')
  t.equal(response.patch, undefined)
})

t.test('the expiry is that of the token that expires first', async t => {
  const { world } = awsWorld()
  const token: typeof world.token = async (key, limitMs) =>
    key.scope.kind === 'private' && key.scope.region === 'eu-west-1' ? { value: older } : world.token(key, limitMs)
  const object = secret({ notes: { [annotations.registries]: `${host},${otherHost}` } })
  const { patched } = await answer({ object }, { ...world, token })
  t.equal(patched.metadata.annotations?.[annotations.expiresAt], '2026-01-01T19:00:00Z')
})

t.test('updated_at does not change if the token is the same', async t => {
  const same = { username: 'AWS', password: oldPassword, expiresAtMs: nowMs + 11 * hours }
  const { patched, result, operations } = await answer(touched, awsWorld({ token: async () => ({ value: same }) }).world)
  t.equal(result, 'injected')
  t.strictSame(operations, [])
  t.equal(patched.metadata.annotations?.[annotations.updatedAt], '2026-01-01T11:00:00Z')
})

t.test('an older token that is due at once is injected, with a warning', async t => {
  const asked = { object: touched.object, oldObject: injectedSecret({ notes: { [annotations.expiresAt]: '2026-01-01T12:59:00Z' } }) }
  const value = { username: 'AWS', password: oldPassword, expiresAtMs: nowMs + 59 * 60_000 }
  const { result, warnings } = await answer(asked, awsWorld({ token: async () => ({ value }) }).world)
  t.equal(result, 'injected')
  t.strictSame(warnings, ['ecr-anywhere: AWS gave a token that expires at 2026-01-01T12:59:00Z: it is due already'])
})

t.test('a new token with a lifetime of one hour is injected without a warning, because it is due after half of its lifetime', async t => {
  const value = { username: 'AWS', password: 'short', expiresAtMs: nowMs + hours }
  const { result, warnings } = await answer({ object: secret() }, awsWorld({ token: async () => ({ value }) }).world)
  t.strictSame([result, warnings], ['injected', []])
})

t.test('if a patched object is sent again, the answer contains no patch', async t => {
  for (const asked of [{ object: secret() }, touched, { object: secret(), oldObject: injectedSecret() }]) {
    const { patched } = await answer(asked)
    const again = await answer({ object: patched, oldObject: patched })
    t.strictSame([again.result, again.operations, again.warnings], ['unchanged', [], []])
  }
})

t.test('a warning has at most 120 characters, even if the error code of AWS is long', async t => {
  const long = new Fault('transient', { code: `Very${'Long'.repeat(100)}`, found: 'a', wanted: 'b', todo: 'c' })
  const { warnings } = await answer({ object: secret() }, awsWorld({ token: async () => ({ value: older, stale: long }) }).world)
  t.equal(warnings[0]?.length, maxWarningLength)
  t.match(warnings[0], /^ecr-anywhere: /)
})

t.test('an unexpected exception causes a denial that does not contain its message', async t => {
  const broken = () => {
    throw Object.assign(new TypeError('hunter2'), { code: 'ERR_X' })
  }
  for (const world of [awsWorld({ token: broken }).world, awsWorld({ isRegion: broken }).world, awsWorld({ nowMs: broken }).world]) {
    const { result, response, record } = await answer({ object: secret() }, world)
    t.equal(result, 'error')
    t.match(response, { uid, allowed: false, status: { message: /found TypeError \(ERR_X\) in the webhook itself/ } })
    t.notMatch(JSON.stringify([response, record]), 'hunter2')
  }
})

t.test('a request for an unknown tenant is denied with the name of the tenant, and is counted under tenant unknown', async t => {
  for (const tenantName of ['team-b', '', '__proto__', 'constructor', '../x', 'x'.repeat(10_000)]) {
    const { reply, result, record } = await admit(review({ object: secret() }), { tenantName, leftMs: () => 9_000 }, awsWorld().world)
    t.equal(result, 'denied')
    t.equal(record.tenant, 'unknown')
    const shown =
      tenantName === 'team-b' || tenantName === 'constructor'
        ? /found the tenant "(team-b|constructor)", which/
        : /found a tenant whose name is not a DNS label, which/
    t.match(reply.response, { uid, allowed: false, status: { message: shown, code: 400 } })
    t.ok(JSON.stringify(reply).length < 2_000)
  }
})

t.test('each call to AWS may take the remaining time of the request', async t => {
  const limits: number[] = []
  const left = [3_000, 2_000]
  const { world } = awsWorld()
  const timed = {
    ...world,
    ownRegistry: async (tenant: string, limitMs: number) => {
      limits.push(limitMs)
      return world.ownRegistry(tenant, limitMs)
    },
    token: async (key: Parameters<typeof world.token>[0], limitMs: number) => {
      limits.push(limitMs)
      return world.token(key, limitMs)
    },
  }
  const object = { ...secret(), metadata: { ...secret().metadata, annotations: {} } }
  await admit(review({ object }), { tenantName: 'default', leftMs: () => left.shift() ?? 0 }, timed)
  t.strictSame(limits, [3_000, 2_000])
})

t.test('while the principal is unknown, a Secret that names no registry keeps its registry', async t => {
  const notes = { [annotations.registries]: '' }
  const { world } = awsWorld({ ownRegistry: () => Promise.reject(awsDown) })
  const kept = await answer({ object: injectedSecret({ notes }), oldObject: injectedSecret({ notes }) }, world)
  t.strictSame([kept.result, kept.operations], ['unchanged', []])
  const created = await answer({ object: secret({ notes }) }, world)
  t.strictSame([created.result, created.response.status], ['error', { ...created.response.status, message: awsDown.message }])
})

t.test('the log record contains the user, the request and the reason, and no content of the Secret', async t => {
  const { record } = await answer({ object: injectedSecret() })
  t.strictSame(record, {
    uid,
    tenant: 'default',
    operation: 'CREATE',
    namespace: 'team-a',
    name: 'pull',
    registries: [host],
    why: 'created',
  })
  for (const asked of [{ object: injectedSecret() }, touched, { object: secret({ type: 'Opaque' }) }]) {
    t.notMatch(JSON.stringify((await answer(asked)).record), new RegExp(`${oldPassword}|${newPassword('us-east-1')}`))
  }
})

function expiring(expiresAt: string) {
  const object = injectedSecret({ notes: { [annotations.expiresAt]: expiresAt } })
  return { object, oldObject: object }
}
