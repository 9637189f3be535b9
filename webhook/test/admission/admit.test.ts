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
  const { result, becomes, warnings } = await answer({ object: secret() }, world)
  t.equal(result, 'stale')
  t.match(decode(becomes.data?.['.dockerconfigjson']), older.password)
  t.match(becomes.metadata.annotations, { [annotations.expiresAt]: '2026-01-01T19:00:00Z' })
  t.strictSame(warnings, ['ecr-anywhere: AccessDeniedException from AWS; injected an older token, good until 2026-01-01T19:00:00Z'])
})

t.test('an error of ours that made a token stale is not quoted', async t => {
  const { world } = awsWorld({ token: async () => ({ value: older, stale: new Error('hunter2') }) })
  t.match((await answer({ object: secret() }, world)).warnings, [/^ecr-anywhere: an error from AWS; injected an older token/])
})

t.test('while AWS fails and there is no token, an update keeps what the old object has, with a warning', async t => {
  const { result, becomes, warnings, record } = await answer(touched, down)
  t.equal(result, 'kept')
  t.strictSame(becomes, touched.object)
  t.strictSame(warnings, ['ecr-anywhere: AccessDeniedException from AWS; kept the old credentials, good until 2026-01-01T23:00:00Z'])
  t.match(record.why, /AccessDeniedException from ecr:GetAuthorizationToken/)
})

t.test('what was dropped is put back while AWS fails', async t => {
  const oldObject = injectedSecret({ notes: { [annotations.expiresAt]: '2026-01-01T12:59:00Z' } })
  const { result, becomes } = await answer({ object: secret(), oldObject }, down)
  t.equal(result, 'kept')
  t.strictSame(becomes, oldObject)
})

const unkept: [about: string, asked: Parameters<typeof answer>[0]][] = [
  ['a create', { object: injectedSecret() }],
  ['an update with other registries', { object: secret({ notes: { [annotations.registries]: otherHost } }), oldObject: injectedSecret() }],
  ['an update with exactly 5 min left', expiring('2026-01-01T12:05:00Z')],
  ['an update of what has expired', expiring('2026-01-01T11:00:00Z')],
]

for (const [about, asked] of unkept) {
  t.test(`while AWS fails and there is no token, ${about} is denied with AWS's code, the registry and what to do`, async t => {
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

t.test('with more than 5 min left an update is kept', async t => {
  t.equal((await answer(expiring('2026-01-01T12:05:01Z'), down)).result, 'kept')
})

t.test('if one of two regions fails, the whole is denied: half a Secret helps nobody', async t => {
  const { world } = awsWorld()
  const token: typeof world.token = (key, limitMs) =>
    key.scope.kind === 'private' && key.scope.region === 'eu-west-1' ? Promise.reject(awsDown) : world.token(key, limitMs)
  const object = secret({ notes: { [annotations.registries]: `${host},${otherHost}` } })
  const { result, response } = await answer({ object }, { ...world, token })
  t.equal(result, 'error')
  t.equal(response.patch, undefined)
})

t.test('the expiry is that of the token that ends first', async t => {
  const { world } = awsWorld()
  const token: typeof world.token = async (key, limitMs) =>
    key.scope.kind === 'private' && key.scope.region === 'eu-west-1' ? { value: older } : world.token(key, limitMs)
  const object = secret({ notes: { [annotations.registries]: `${host},${otherHost}` } })
  const { becomes } = await answer({ object }, { ...world, token })
  t.equal(becomes.metadata.annotations?.[annotations.expiresAt], '2026-01-01T19:00:00Z')
})

t.test('the time of the last change stays if the token is the same', async t => {
  const same = { username: 'AWS', password: oldPassword, expiresAtMs: nowMs + 11 * hours }
  const { becomes, result, operations } = await answer(touched, awsWorld({ token: async () => ({ value: same }) }).world)
  t.equal(result, 'injected')
  t.strictSame(operations, [])
  t.equal(becomes.metadata.annotations?.[annotations.updatedAt], '2026-01-01T11:00:00Z')
})

t.test('a token that was given before and is due at once is injected, with a warning', async t => {
  const asked = { object: touched.object, oldObject: injectedSecret({ notes: { [annotations.expiresAt]: '2026-01-01T12:59:00Z' } }) }
  const value = { username: 'AWS', password: oldPassword, expiresAtMs: nowMs + 59 * 60_000 }
  const { result, warnings } = await answer(asked, awsWorld({ token: async () => ({ value }) }).world)
  t.equal(result, 'injected')
  t.strictSame(warnings, ['ecr-anywhere: AWS gave a token that expires at 2026-01-01T12:59:00Z: it is due already'])
})

t.test('a new token of one hour is injected without a warning: it is due at half of its life', async t => {
  const value = { username: 'AWS', password: 'short', expiresAtMs: nowMs + hours }
  const { result, warnings } = await answer({ object: secret() }, awsWorld({ token: async () => ({ value }) }).world)
  t.strictSame([result, warnings], ['injected', []])
})

t.test('every answer is fed back without a patch: nothing churns', async t => {
  for (const asked of [{ object: secret() }, touched, { object: secret(), oldObject: injectedSecret() }]) {
    const { becomes } = await answer(asked)
    const again = await answer({ object: becomes, oldObject: becomes })
    t.strictSame([again.result, again.operations, again.warnings], ['unchanged', [], []])
  }
})

t.test('a warning has at most 120 characters, whatever AWS calls its error', async t => {
  const long = new Fault('transient', { code: `Very${'Long'.repeat(100)}`, found: 'a', wanted: 'b', todo: 'c' })
  const { warnings } = await answer({ object: secret() }, awsWorld({ token: async () => ({ value: older, stale: long }) }).world)
  t.equal(warnings[0]?.length, maxWarningLength)
  t.match(warnings[0], /^ecr-anywhere: /)
})

t.test('an exception of ours is a denial that does not tell its text', async t => {
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

t.test('an unknown tenant is denied by name, and counted as unknown', async t => {
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

t.test('AWS may take what is left of the time, asked for before each wait', async t => {
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

t.test('while AWS does not say who we are, a Secret that names no registry keeps the one that it has', async t => {
  const notes = { [annotations.registries]: '' }
  const { world } = awsWorld({ ownRegistry: () => Promise.reject(awsDown) })
  const kept = await answer({ object: injectedSecret({ notes }), oldObject: injectedSecret({ notes }) }, world)
  t.strictSame([kept.result, kept.operations], ['unchanged', []])
  const created = await answer({ object: secret({ notes }) }, world)
  t.strictSame([created.result, created.response.status], ['error', { ...created.response.status, message: awsDown.message }])
})

t.test('what is logged says who, what and why, and no content', async t => {
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
