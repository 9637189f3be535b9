import { parseRegistry } from '@ecr-anywhere/shared/registry.ts'
import { scopeOf } from '@ecr-anywhere/shared/scope.ts'
import fc from 'fast-check'
import t from 'tap'
import { type TokenKey, tokens } from '../../src/tokens/tokens.ts'

const pairs = 10_000

/** Names that have a meaning in another part of a key, in addition to any DNS label and any region. */
const tenant = fc.oneof(
  fc.constantFrom('a', 'b', 'default', 'public', 'private', 'us-east-1', 'fips'),
  fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/),
)
const region = fc.oneof(
  fc.constantFrom('us-east-1', 'us-east-2', 'us-east-1-fips', 'public', 'private', 'fips', 'dual-stack'),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,12}[a-z0-9]$/),
)
const registry = fc.oneof(
  fc.constantFrom('public.ecr.aws', 'ecr-public.aws.com'),
  fc
    .record({ account: fc.constantFrom('111122223333', '444455556666'), region, fips: fc.boolean(), dualStack: fc.boolean() })
    .map(({ account, region, fips, dualStack }) => {
      const service = fips ? 'ecr-fips' : 'ecr'
      return dualStack ? `${account}.dkr-${service}.${region}.on.aws` : `${account}.dkr.${service}.${region}.amazonaws.com`
    }),
)
const key = fc.record({ tenant, host: registry })
/** Half of the pairs differ in one dimension at most. */
const pair = fc.oneof(
  fc.tuple(key, key),
  fc.tuple(key, tenant).map(([one, tenant]) => [one, { ...one, tenant }] as const),
  fc.tuple(key, registry).map(([one, host]) => [one, { ...one, host }] as const),
)

t.test(`in ${pairs.toLocaleString('en')} random pairs of tenants and registries, only equal keys share a token and a call`, async t => {
  await fc.assert(
    fc.asyncProperty(pair, async ([one, other]) => {
      const asked: string[] = []
      const memory = tokens({
        ask: async key => {
          asked.push(meaning(key))
          return { username: 'AWS', password: meaning(key), expiresAtMs: 12 * 3_600_000 }
        },
        maxAgeMs: 3_600_000,
        refreshBeforeMs: 6 * 3_600_000,
        nowMs: () => 0,
        random: () => 0.5,
        sleep: () => new Promise(() => {}),
      })
      const keys = [one, other].map(({ tenant, host }) => ({ tenant, scope: scopeOf(parseRegistry(host)) }))
      const got = await Promise.all(keys.map(async key => (await memory.get(key, 9_000)).value.password))
      const wanted = keys.map(meaning)
      return got.every((password, at) => password === wanted[at]) && asked.length === new Set(wanted).size
    }),
    { numRuns: pairs },
  )
  t.pass()
})

/** A key with the name of each dimension, so that different keys are always different strings. */
function meaning({ tenant, scope }: TokenKey): string {
  return JSON.stringify(scope.kind === 'public' ? [tenant, 'public'] : [tenant, 'private', scope.region, scope.fips, scope.dualStack])
}
