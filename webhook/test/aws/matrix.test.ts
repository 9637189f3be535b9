import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { until } from '../../../scripts/testbed/until.ts'
import { decode, host, oldPassword, secret, type WireSecret } from '../secrets.ts'
import { uid } from '../world.ts'
import { advice, type Cell, caches, cells, codes, requests, rowOf } from './cells.ts'
import { hours, startAws, startReplica } from './replica.ts'

type Player = (typeof players)[number]

/** Cells that are played at once: few enough for the event loop to be quick, for answers are timed. */
const lanes = 24
const latencyMs = 700
/** What the API server is told to wait: short where AWS never answers, else long enough for the SDK's own retries. */
const timeoutOf = ({ fault }: Cell) => (fault === 'hang' ? 2 : 5)
const roleOf = (id: number) => `arn:aws:iam::123456789012:role/cell-${id}`

const { emulator, config } = await startAws(t, { roles: cells.map((_, id) => ({ arn: roleOf(id) })) })

/** Each cell has a webhook and a principal of its own: none meets the faults or the tokens of another. */
const players = cells.map((cell, id) => ({
  cell,
  id,
  replica: startReplica(t, { config, tenant: { name: `cell-${id}`, roleArn: roleOf(id) } }),
}))

const warm = await eachOf(async ({ cell, replica }) => {
  const ageMs = caches[cell.cache]
  if (ageMs === undefined) return undefined
  const { becomes } = await replica.ask({ object: secret() }, '30s')
  replica.move(ageMs)
  return passwordIn(becomes)
})
// The clocks of the webhooks are ahead of AWS's by up to 12 h: a new token shall be new to them, too.
emulator.setTokenLife(24 * 3600)
const played = await eachOf(play)
emulator.heal()
const recoveries = new Map(players.map(player => [player.id, recover(player)]))

/** Does something with all players, some at a time. @returns what came of it, by id */
async function eachOf<T>(work: (player: Player) => Promise<T>): Promise<Map<number, T>> {
  const left = players.values()
  const done = new Map<number, T>()
  const lane = async () => {
    for (const player of left) done.set(player.id, await work(player))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return done
}

/** Twice the same request while AWS fails: the second meets what the first has left behind. */
async function play({ cell: { fault, request }, cell, id, replica }: Player) {
  emulator.fault({ fault, principal: roleOf(id), ...(fault === 'latency' ? { ms: latencyMs } : {}) })
  const callsBefore = replica.calls()
  const asked = requests[request](replica.nowMs())
  const first = await replica.ask(asked, `${timeoutOf(cell)}s`)
  const second = await replica.ask(asked, `${timeoutOf(cell)}s`)
  return { asked, first, second, calls: replica.calls() - callsBefore }
}

/** The password that the webhook gives once it asks AWS again; a fresh token is first made to age. */
async function recover({ cell: { cache }, replica }: Player): Promise<string | undefined> {
  if (cache === 'fresh') replica.move(2 * hours)
  return until('AWS is asked again', async () => {
    const { result, becomes } = await replica.ask({ object: secret() }, '10s')
    return result === 'injected' && passwordIn(becomes)
  })
}

for (const { cell, id } of players) {
  const { fault, cache, request } = cell
  const row = rowOf(cell)
  t.test(`${fault}, ${cache} cache, ${request}: ${row}`, async t => {
    const held = warm.get(id)
    const { asked, first, second, calls } = played.get(id) as Awaited<ReturnType<typeof play>>
    for (const { result, ms, response } of [first, second]) {
      t.equal(result, row)
      t.ok(ms < timeoutOf(cell) * 1000 - 500, `answered in time: ${Math.round(ms)} ms`)
      t.equal(response.uid, uid)
      t.equal(response.allowed, row !== 'error')
    }
    const password = passwordIn(first.becomes)
    const callsAws = !['unchanged', 'dry_run'].includes(row) && cache !== 'fresh'
    t.equal(calls > 0, callsAws, callsAws ? 'AWS was asked' : 'AWS was not asked')
    if (row === 'error') {
      const { message, code, details } = first.response.status as { message: string; code: number; details: { causes: [Cause] } }
      t.equal(code, 503)
      t.match(details.causes[0].reason, codes[fault])
      t.match(message, new RegExp(`us-east-1 for tenant cell-${id}`), 'which region and tenant')
      t.match(message, advice[fault], 'what to do')
      t.same(first.operations, [])
    } else if (row === 'stale') {
      t.equal(password === held, true, 'the token that it held')
      t.match(first.warnings, [warning(codes[fault], 'injected an older token')])
    } else if (row === 'kept') {
      t.equal(password, oldPassword)
      t.match(first.warnings, [warning(codes[fault], 'kept the old credentials')])
      t.equal(expiryIn(first.becomes), expiryIn(asked.oldObject), 'the annotations too')
    } else if (row === 'injected') {
      t.same(first.warnings, [])
      t.equal(password === held, cache === 'fresh', 'a new token, unless it holds a fresh one')
    } else if (row === 'unchanged') {
      t.same(first.operations, [])
      t.same(first.warnings, [])
    } else {
      t.match(first.warnings, [/^ecr-anywhere: dry run: /])
      t.equal(password, asked.oldObject === undefined ? undefined : oldPassword, 'nothing that the Secret did not hold')
    }
    const recovered = await recoveries.get(id)
    t.ok(
      recovered !== undefined && recovered !== held && recovered !== oldPassword,
      'once AWS is back, it has a new token, without a restart',
    )
  })
}

interface Cause {
  reason: string
}

function warning(code: RegExp | undefined, what: string): RegExp {
  return new RegExp(`^ecr-anywhere: ${code?.source.slice(1, -1)} from AWS; ${what}, good until \\d{4}-[-\\dT:]+Z$`)
}

function passwordIn({ data }: WireSecret): string | undefined {
  return JSON.parse(decode(data?.['.dockerconfigjson']) || '{}').auths?.[host]?.password
}

function expiryIn(object: WireSecret | undefined): string | undefined {
  return object?.metadata.annotations?.[annotations.expiresAt]
}
