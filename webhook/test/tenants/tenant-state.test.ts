import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { type TenantStateParts, tenantState } from '../../src/tenants/tenant-state.ts'
import { minLeftMs } from '../../src/tokens/tokens.ts'
import { nowMs } from '../admission/secrets.ts'

type Entry = Parts['tokens'][number]
interface Parts extends TenantStateParts {
  tokens: {
    key: { tenant: string; scope: { kind: 'private'; region: string; fips: boolean; dualStack: boolean } }
    cached?: { value: { username: string; password: string; expiresAtMs: number } }
    error?: unknown
    watched: boolean
  }[]
}

const fault = (code: string) => new Fault('transient', { code, found: code, wanted: 'a token', todo: 'Allow it.' })
const [denied, throttled] = [fault('AccessDeniedException'), fault('ThrottlingException')]
const known = { arn: 'arn:aws:iam::111122223333:role/pull' }

function entry({
  leftMs,
  region = 'us-east-1',
  tenant = 'team-a',
  ...more
}: Partial<Entry> & { leftMs?: number; region?: string; tenant?: string }): Entry {
  const cached = leftMs === undefined ? {} : { cached: { value: { username: 'AWS', password: 'hunter2', expiresAtMs: nowMs + leftMs } } }
  return { key: { tenant, scope: { kind: 'private', region, fips: false, dualStack: false } }, watched: true, ...cached, ...more }
}

const [ok, pending] = [{ state: 'ok' }, { state: 'pending' }]
const failed = ({ code, message }: Fault, definitive: boolean) => ({ state: 'failed', code, cause: message, definitive })
const registries = ['111122223333.dkr.ecr.us-east-1.amazonaws.com']

const cases: [about: string, parts: Omit<Parts, 'nowMs'>, state: object, registries?: string[]][] = [
  ['nothing is known yet', { principal: undefined, tokens: [] }, pending],
  ['AWS was called and has not answered', { principal: {}, tokens: [entry({})] }, pending],
  ['the principal is known, and no token is cached', { principal: known, tokens: [entry({})] }, pending],
  ['a token is cached, and the principal is not known', { principal: {}, tokens: [entry({ leftMs: 3_600_000 })] }, pending],
  ['the principal is known and a token is cached', { principal: known, tokens: [entry({ leftMs: 3_600_000 })] }, ok],
  ['the token has 5 min left', { principal: known, tokens: [entry({ leftMs: minLeftMs })] }, pending],
  ['the token has more than 5 min left', { principal: known, tokens: [entry({ leftMs: minLeftMs + 1 })] }, ok],
  [
    'one of two regions has no token',
    { principal: known, tokens: [entry({ leftMs: 3_600_000 }), entry({ region: 'eu-west-1' })] },
    pending,
  ],
  [
    'the principal cannot be determined',
    { principal: { error: throttled }, tokens: [entry({ leftMs: 3_600_000 })] },
    failed(throttled, false),
  ],
  ['AWS denies the principal', { principal: { error: denied }, tokens: [] }, failed(denied, true)],
  [
    'the principal cannot be determined, and registries are named',
    { principal: { error: denied }, tokens: [entry({ leftMs: 3_600_000 })] },
    ok,
    registries,
  ],
  ['the principal is unknown, and registries are named', { principal: {}, tokens: [entry({ leftMs: 3_600_000 })] }, ok, registries],
  ['AWS denies a token', { principal: known, tokens: [entry({ error: denied })] }, failed(denied, true)],
  ['AWS throttles', { principal: known, tokens: [entry({ error: throttled })] }, failed(throttled, false)],
  ['AWS throttles while a token is cached', { principal: known, tokens: [entry({ leftMs: 3_600_000, error: throttled })] }, ok],
  [
    'AWS throttles while a token is nearly expired',
    { principal: known, tokens: [entry({ leftMs: minLeftMs, error: throttled })] },
    failed(throttled, false),
  ],
  [
    'AWS denies a token while one is cached',
    { principal: known, tokens: [entry({ leftMs: 3_600_000, error: denied })] },
    failed(denied, true),
  ],
  [
    'one region throttles and another denies, which is reported',
    { principal: known, tokens: [entry({ error: throttled }), entry({ region: 'eu-west-1', error: denied })] },
    failed(denied, true),
  ],
  [
    'a region that only a Secret requested denies a token',
    { principal: known, tokens: [entry({ leftMs: 3_600_000 }), entry({ region: 'ap-east-1', error: denied, watched: false })] },
    ok,
  ],
  [
    'only a region that only a Secret requested has a token',
    { principal: known, tokens: [entry({ leftMs: 3_600_000, watched: false })] },
    pending,
  ],
  [
    'AWS denies another tenant a token',
    { principal: known, tokens: [entry({ leftMs: 3_600_000 }), entry({ tenant: 'team-b', error: denied })] },
    ok,
  ],
  ['only another tenant has a token', { principal: known, tokens: [entry({ tenant: 'team-b', leftMs: 3_600_000 })] }, pending],
]

for (const [about, parts, state, registries] of cases) {
  t.test(`${about}: ${(state as { state: string }).state}`, async t => {
    t.strictSame(tenantState({ name: 'team-a', registries }, { ...parts, nowMs }), state)
  })
}

t.test('an unexpected error is named only by its class, and is treated as transient', async t => {
  const state = tenantState({ name: 'team-a' }, { principal: known, tokens: [entry({ error: new TypeError('hunter2') })], nowMs })
  t.strictSame(state, { state: 'failed', code: 'error', cause: 'TypeError', definitive: false })
})
