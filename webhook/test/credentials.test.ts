import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { parseRegistry } from '@ecr-anywhere/shared/registry.ts'
import { scopeId } from '@ecr-anywhere/shared/scope.ts'
import t from 'tap'
import { type AskToken, credentialsFor } from '../src/credentials.ts'
import { nowMs } from './secrets.ts'

const hour = 3_600_000
const limits = { tenant: 'team-a', limitMs: 7_000 }
const registries = (...hosts: string[]) => hosts.map(parseRegistry)
const east = '111122223333.dkr.ecr.us-east-1.amazonaws.com'
const eastToo = '444455556666.dkr.ecr.us-east-1.amazonaws.com'
const fips = '111122223333.dkr.ecr-fips.us-east-1.amazonaws.com'
const west = '111122223333.dkr.ecr.eu-west-1.amazonaws.com'
const open = 'public.ecr.aws'

const lives: Record<string, number> = { 'us-east-1': 12, 'us-east-1/fips': 9, 'eu-west-1': 7, public: 11 }
const tokenOf = (id: string) => ({ username: 'AWS', password: `of ${id}`, expiresAtMs: nowMs + (lives[id] ?? 0) * hour })

/** Tokens that are held, but for those of the scopes that are awaited or stale. @returns also who asked for what */
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

const passwords = (credentials: ReadonlyMap<string, { password: string }>) =>
  [...credentials].map(([host, { password }]) => [host, password])

const waits: [about: string, awaited: string[]][] = [
  ['all tokens are held', []],
  ['one is held and one is awaited', ['us-east-1']],
  ['the other is held and the first is awaited', ['eu-west-1']],
  ['all tokens are awaited', ['us-east-1', 'us-east-1/fips', 'eu-west-1', 'public']],
]

for (const [about, awaited] of waits) {
  t.test(`if ${about}, each registry gets the token of its region and kind, in the order of the registries`, async t => {
    const { token, asked } = tokens({ awaited })
    const { credentials, expiresAtMs, expiresAt, stale } = await credentialsFor(registries(west, east, open, fips, eastToo), limits, token)
    t.strictSame(passwords(credentials), [
      [west, 'of eu-west-1'],
      [east, 'of us-east-1'],
      [open, 'of public'],
      [fips, 'of us-east-1/fips'],
      [eastToo, 'of us-east-1'],
    ])
    t.strictSame([expiresAtMs, expiresAt, stale], [nowMs + 7 * hour, '2026-01-01T19:00:00Z', undefined])
    t.strictSame(
      asked,
      ['eu-west-1', 'us-east-1', 'public', 'us-east-1/fips'].map(id => ['team-a', id, 7_000]),
      'each token is asked for once, for this tenant, with its time',
    )
  })
}

t.test('a token that could not be renewed makes the whole stale, whichever it is', async t => {
  const why = new Error('AWS is down')
  for (const awaited of [[], ['us-east-1'], ['eu-west-1']]) {
    for (const id of ['us-east-1', 'eu-west-1']) {
      const { token } = tokens({ awaited, stale: { [id]: why } })
      t.equal((await credentialsFor(registries(east, west), limits, token)).stale, why)
    }
  }
})

t.test('a token that was renewed later is used, for the same registries', async t => {
  const asked = registries(east, west)
  await credentialsFor(asked, limits, tokens().token)
  const { credentials, expiresAt } = await credentialsFor(asked, limits, () => ({
    value: { username: 'AWS', password: 'newer', expiresAtMs: nowMs + 20 * hour },
  }))
  t.strictSame(passwords(credentials), [
    [east, 'newer'],
    [west, 'newer'],
  ])
  t.equal(expiresAt, '2026-01-02T08:00:00Z')
})

t.test('a token that AWS does not give is a fault that names the registries it is for, and no others', async t => {
  const refusal = new Fault('transient', { code: 'AccessDenied', found: 'AccessDenied from ecr', wanted: 'an answer', todo: 'Allow it.' })
  const held = tokens()
  const token: AskToken = (key, limitMs) => (scopeId(key.scope) === 'us-east-1' ? Promise.reject(refusal) : held.token(key, limitMs))
  await t.rejects(credentialsFor(registries(west, east, eastToo), limits, token), {
    kind: 'transient',
    code: 'AccessDenied',
    message: `found AccessDenied from ecr, asked for ${east}, ${eastToo}; wanted an answer. Allow it.`,
    cause: refusal,
  })
})

t.test('an error of ours is thrown as it is', async t => {
  const error = new TypeError('a mistake')
  await t.rejects(
    credentialsFor(registries(east), limits, () => Promise.reject(error)),
    error,
  )
})
