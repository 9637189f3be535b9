import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { parseRegistry, type Registry } from '@ecr-anywhere/shared/registry.ts'
import { scopeId } from '@ecr-anywhere/shared/scope.ts'
import t from 'tap'
import { type AskToken, type Obtained, obtain } from '../../src/admission/obtain.ts'
import { minLeftMs } from '../../src/tokens/tokens.ts'
import { nowMs } from './secrets.ts'

const hour = 3_600_000
const registries = (...hosts: string[]) => hosts.map(parseRegistry)
const east = '111122223333.dkr.ecr.us-east-1.amazonaws.com'
const eastToo = '444455556666.dkr.ecr.us-east-1.amazonaws.com'
const fips = '111122223333.dkr.ecr-fips.us-east-1.amazonaws.com'
const west = '111122223333.dkr.ecr.eu-west-1.amazonaws.com'
const open = 'public.ecr.aws'

const lives: Record<string, number> = { 'us-east-1': 12, 'us-east-1/fips': 9, 'eu-west-1': 7, public: 11 }
const tokenOf = (id: string) => ({ username: 'AWS', password: `of ${id}`, expiresAtMs: nowMs + (lives[id] ?? 0) * hour })

/** Cached tokens, except for the scopes that are awaited or stale. @returns also which tenant requested which scope */
function tokens({ awaited = [], stale = {} }: { awaited?: string[]; stale?: Record<string, unknown> } = {}) {
  const asked: unknown[] = []
  const token: AskToken = ({ tenant, scope }, limitMs) => {
    const id = scopeId(scope)
    asked.push([tenant, id, limitMs])
    const answer = { value: tokenOf(id), ...(id in stale && { stale: stale[id] }) }
    return awaited.includes(id) ? Promise.resolve(answer) : answer
  }
  return { token, asked }
}

/** Obtains credentials for a Secret that has none, so they must come from tokens. */
async function tokensFor(registries: readonly Registry[], token: AskToken): Promise<Extract<Obtained, { from: 'tokens' }>> {
  const decision = { do: 'inject', why: 'created', registries, injected: undefined } as const
  const obtained = await obtain(decision, { tenant: 'team-a', limitMs: 7_000, nowMs: () => nowMs, token })
  if (obtained.from !== 'tokens') throw new Error('found credentials from a Secret that has none')
  return obtained
}

const passwords = (credentials: ReadonlyMap<string, { password: string }>) =>
  [...credentials].map(([host, { password }]) => [host, password])

const waits: [about: string, awaited: string[]][] = [
  ['all tokens are cached', []],
  ['the first token is awaited and the others are cached', ['us-east-1']],
  ['another token is awaited and the others are cached', ['eu-west-1']],
  ['all tokens are awaited', ['us-east-1', 'us-east-1/fips', 'eu-west-1', 'public']],
]

for (const [about, awaited] of waits) {
  t.test(`each registry gets the token of its region and kind, in the order of the registries, if ${about}`, async t => {
    const { token, asked } = tokens({ awaited })
    const { credentials, expiresAtMs, stale } = await tokensFor(registries(west, east, open, fips, eastToo), token)
    t.strictSame(passwords(credentials), [
      [west, 'of eu-west-1'],
      [east, 'of us-east-1'],
      [open, 'of public'],
      [fips, 'of us-east-1/fips'],
      [eastToo, 'of us-east-1'],
    ])
    t.strictSame([expiresAtMs, stale], [nowMs + 7 * hour, undefined])
    t.strictSame(
      asked,
      ['eu-west-1', 'us-east-1', 'public', 'us-east-1/fips'].map(id => ['team-a', id, 7_000]),
      'each token is requested once, for this tenant and with its remaining time',
    )
  })
}

t.test('if any token could not be renewed, the credentials are stale', async t => {
  const why = new Error('AWS is down')
  for (const awaited of [[], ['us-east-1'], ['eu-west-1']]) {
    for (const id of ['us-east-1', 'eu-west-1']) {
      const { token } = tokens({ awaited, stale: { [id]: why } })
      t.equal((await tokensFor(registries(east, west), token)).stale, why)
    }
  }
})

t.test('a token that was renewed in the meantime is used for the same registries', async t => {
  const asked = registries(east, west)
  await tokensFor(asked, tokens().token)
  const { credentials, expiresAtMs } = await tokensFor(asked, () => ({
    value: { username: 'AWS', password: 'newer', expiresAtMs: nowMs + 20 * hour },
  }))
  t.strictSame(passwords(credentials), [
    [east, 'newer'],
    [west, 'newer'],
  ])
  t.equal(expiresAtMs, nowMs + 20 * hour)
})

t.test('if AWS denies a token, the fault names only the registries that need it', async t => {
  const refusal = new Fault('transient', { code: 'AccessDenied', found: 'AccessDenied from ecr', wanted: 'an answer', todo: 'Allow it.' })
  const held = tokens()
  const token: AskToken = (key, limitMs) => (scopeId(key.scope) === 'us-east-1' ? Promise.reject(refusal) : held.token(key, limitMs))
  await t.rejects(tokensFor(registries(west, east, eastToo), token), {
    kind: 'transient',
    code: 'AccessDenied',
    message: `found AccessDenied from ecr, asked for ${east}, ${eastToo}; wanted an answer. Allow it.`,
    cause: refusal,
  })
})

t.test('a programming error is thrown unchanged', async t => {
  const error = new TypeError('a mistake')
  await t.rejects(
    tokensFor(registries(east), () => Promise.reject(error)),
    error,
  )
})

const down = new Fault('transient', { code: 'ServiceUnavailable', found: 'nothing', wanted: 'an answer', todo: 'Wait.' })

t.test('while AWS fails, the Secret keeps credentials that are valid for more than five minutes', async t => {
  const of = (leftMs: number, error: unknown) => {
    const injected = { credentials: new Map(), expiresAtMs: nowMs + leftMs, annotations: new Map() }
    const decision = { do: 'inject', why: 'due', registries: registries(east), injected } as const
    return obtain(decision, { tenant: 'team-a', limitMs: 7_000, nowMs: () => nowMs, token: () => Promise.reject(error) })
  }
  t.match(await of(minLeftMs + 1, down), { from: 'secret', cause: { code: 'ServiceUnavailable', message: new RegExp(east) } })
  await t.rejects(of(minLeftMs, down), { code: 'ServiceUnavailable' })
  await t.rejects(of(hour, new Fault('settings', { found: 'two tenants', wanted: 'one', todo: 'Correct it.' })), Fault)
  await t.rejects(of(hour, new TypeError('a mistake')), TypeError)
})
