import { drivenClock } from '@ecr-anywhere/scripts/testbed/driven-world.ts'
import type { Cached } from '@ecr-anywhere/shared/cache.ts'
import type { Scope } from '@ecr-anywhere/shared/scope.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import t from 'tap'
import { minLeftMs, stageOf, type TokenKey, tokens } from '../../src/tokens/tokens.ts'

const hours = 3_600_000
const minutes = 60_000
const options = { maxAgeMs: hours, refreshBeforeMs: 6 * hours }

/** It is not 0, so that a time cannot be confused with an age. */
const loadedAtMs = 1_000 * hours

/** A token with this lifetime after it was loaded. */
function cached(lifeMs: number, jitter = 0.5): Cached<Token> {
  return { value: { username: 'AWS', password: 'p', expiresAtMs: loadedAtMs + lifeMs }, loadedAtMs, jitter }
}

const stages: [about: string, token: Cached<Token>, ageMs: number, stage: string][] = [
  ['when it is loaded', cached(12 * hours), 0, 'fresh'],
  ['before its maximum age', cached(12 * hours), hours - 1, 'fresh'],
  ['at its maximum age', cached(12 * hours), hours, 'ageing'],
  ['while a Secret with it would not be due', cached(12 * hours), 6 * hours - 1, 'ageing'],
  ['once a Secret with it would be due', cached(12 * hours), 6 * hours, 'waning'],
  ['with more than 5 min left', cached(12 * hours), 12 * hours - minLeftMs - 1, 'waning'],
  ['with 5 min left', cached(12 * hours), 12 * hours - minLeftMs, 'spent'],
  ['after its expiry', cached(12 * hours), 13 * hours, 'spent'],
  ['at 90 % of the maximum age, with the least jitter', cached(12 * hours, 0), 54 * minutes, 'ageing'],
  ['just below, with the least jitter', cached(12 * hours, 0), 54 * minutes - 1, 'fresh'],
  ['above 110 % of the maximum age, with the most jitter', cached(12 * hours, 1), 66 * minutes + 1, 'ageing'],
  ['just below, with the most jitter', cached(12 * hours, 1), 66 * minutes - 1, 'fresh'],
  ['at its maximum age, with a lifetime of 3 h', cached(3 * hours), hours, 'ageing'],
  ['before half of a lifetime of 3 h', cached(3 * hours), 1.5 * hours - 1, 'ageing'],
  ['at half of a lifetime of 3 h', cached(3 * hours), 1.5 * hours, 'waning'],
  ['in the first half of a lifetime of 1 h', cached(hours), 30 * minutes - 1, 'fresh'],
  ['in the second half of a lifetime of 1 h', cached(hours), 30 * minutes, 'waning'],
  ['in the first half of a lifetime of 30 min', cached(30 * minutes), 15 * minutes - 1, 'fresh'],
  ['in the second half of a lifetime of 30 min', cached(30 * minutes), 15 * minutes, 'waning'],
  ['with 5 min left of a lifetime of 30 min', cached(30 * minutes), 25 * minutes, 'spent'],
  ['in the first half of a lifetime below 10 min', cached(8 * minutes), 4 * minutes - 1, 'fresh'],
  ['in the second half of a lifetime below 10 min', cached(8 * minutes), 4 * minutes, 'spent'],
  ['when the clock was set back by a minute', cached(12 * hours), -minutes, 'fresh'],
  ['when the clock was set back by more than a minute', cached(12 * hours), -minutes - 1, 'waning'],
  ['when the clock was set back by a day', cached(12 * hours), -24 * hours, 'waning'],
]

for (const [about, token, ageMs, stage] of stages) {
  t.test(`a token is ${stage} ${about}`, async t => t.equal(stageOf(token, { nowMs: loadedAtMs + ageMs, ...options }), stage))
}

const scope = (more: Partial<Extract<Scope, { kind: 'private' }>> = {}): Scope => ({
  kind: 'private',
  region: 'us-east-1',
  fips: false,
  dualStack: false,
  ...more,
})

/** A token cache with an AWS that answers at once. */
function working() {
  const asked: TokenKey[] = []
  const clock = drivenClock()
  const memory = tokens({
    ...options,
    ask: async key => {
      asked.push(key)
      return { username: 'AWS', password: `p${asked.length}`, expiresAtMs: clock.nowMs() + 12 * hours }
    },
    nowMs: clock.nowMs,
    random: () => 0.5,
    sleep: clock.sleep,
  })
  return { ...memory, ...clock, asked }
}

t.test('tenants, regions, FIPS, dual-stack and public scopes do not share a token', async t => {
  const { get, asked } = working()
  const scopes = [scope(), scope({ region: 'us-east-2' }), scope({ fips: true }), scope({ dualStack: true }), { kind: 'public' } as const]
  const keys = ['a', 'b'].flatMap(tenant => scopes.map(scope => ({ tenant, scope })))
  for (const key of [...keys, ...keys]) await get(key, 9_000)
  t.strictSame(asked, keys)
})

t.test('a token has its login in base64, and a map for the content that its Secrets share', async t => {
  const { value } = await working().get({ tenant: 'a', scope: scope() }, 9_000)
  t.match(value, { prepared: { auth: Buffer.from('AWS:p1').toString('base64'), contents: new Map() } })
})

t.test('ten thousand Secrets in three regions cause three calls', async t => {
  const { get, asked } = working()
  const regions = ['us-east-1', 'eu-west-1', 'cn-north-1']
  await Promise.all(Array.from({ length: 10_000 }, (_, at) => get({ tenant: 'a', scope: scope({ region: regions[at % 3] ?? '' }) }, 9_000)))
  t.equal(asked.length, 3)
})

t.test('while AWS hangs, a request with a cached token does not wait longer than one call may take', async t => {
  const clock = drivenClock()
  let answers = true
  const ask = async (): Promise<Token> => {
    if (!answers) await new Promise(() => {})
    return { username: 'AWS', password: 'p', expiresAtMs: clock.nowMs() + 12 * hours }
  }
  const { get } = tokens({ ...options, ask, random: () => 0.5, ...clock })
  const key = { tenant: 'a', scope: scope() }
  await get(key, 9_000)
  answers = false
  await clock.move(hours)
  t.match(get(key, 9_000), { value: { password: 'p' }, stale: undefined }, 'a token with 11 h left is used without a wait')
  await clock.move(5 * hours)
  t.match(get(key, 9_000), { value: { password: 'p' } }, 'the cached token is used after the call has taken too long')
})

t.test('a token in use is renewed in the background, so that no admission waits for AWS', async t => {
  const { get, renew, move, asked } = working()
  await get({ tenant: 'a', scope: scope() }, 9_000)
  await move(hours)
  renew()
  await move(0)
  t.equal(asked.length, 2)
  t.match(await get({ tenant: 'a', scope: scope() }, 9_000), { value: { password: 'p2' } })
  t.equal(asked.length, 2)
})

t.test('if AWS does not answer in time, the fault names the API, the region, the tenant and a remedy', async t => {
  const clock = drivenClock()
  const { promise } = Promise.withResolvers<Token>()
  const { get } = tokens({ ...options, ask: () => promise, random: () => 0, ...clock })
  const asked = t.rejects(Promise.resolve(get({ tenant: 'team-a', scope: scope() }, 8_999.5)), {
    kind: 'transient',
    code: 'Timeout',
    message: /no token from ECR in us-east-1 for tenant team-a within 9000 ms; .*network policy, proxy, DNS/,
  })
  await clock.move(9_000)
  await asked
})
