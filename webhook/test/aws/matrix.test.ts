import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { idleBackoffCapMs } from '@ecr-anywhere/shared/backoff.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { decode, host, oldPassword, secret, type WireSecret } from '../admission/secrets.ts'
import { uid } from '../admission/world.ts'
import { advice, type Cell, caches, cells, codes, requests, rowsOf } from './cells.ts'
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
const recovered = await eachOf(recover)

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

/** Twice the same request while AWS fails: the second meets what the first has left behind, once the call that it started has ended. */
async function play({ cell: { fault, request }, cell, id, replica }: Player) {
  emulator.fault({ fault, principal: roleOf(id), ...(fault === 'latency' ? { ms: latencyMs } : {}) })
  const callsBefore = replica.calls()
  const asked = requests[request](replica.nowMs())
  const first = await replica.ask(asked, `${timeoutOf(cell)}s`)
  if (cell.cache === 'ageing') await replica.settled()
  const second = await replica.ask(asked, `${timeoutOf(cell)}s`)
  return { asked, first, second, calls: replica.calls() - callsBefore }
}

/** The password that the webhook gives once it asks AWS again; time goes on past any back-off, and a fresh token ages. */
async function recover({ id, cell: { cache }, replica }: Player): Promise<string | undefined> {
  replica.move(cache === 'fresh' ? 2 * hours : idleBackoffCapMs)
  return until('AWS is asked again', async () => {
    const { result, becomes } = await replica.ask({ object: secret() }, '10s')
    await replica.settled()
    const password = passwordIn(becomes)
    return result === 'injected' && password !== warm.get(id) && password
  })
}

for (const { cell, id } of players) {
  const { fault, cache, request } = cell
  const rows = rowsOf(cell)
  t.test(`${fault}, ${cache} cache, ${request}: ${rows[0] === rows[1] ? rows[0] : rows.join(', then ')}`, async t => {
    const held = warm.get(id)
    const { asked, first, second, calls } = played.get(id) as Awaited<ReturnType<typeof play>>
    const callsAws = !rows.includes('unchanged') && !rows.includes('dry_run') && cache !== 'fresh'
    t.equal(calls > 0, callsAws, callsAws ? 'AWS was asked' : 'AWS was not asked')
    for (const [at, { result, ms, response, operations, warnings, becomes }] of [first, second].entries()) {
      const row = rows[at]
      const password = passwordIn(becomes)
      t.equal(result, row)
      t.ok(ms < timeoutOf(cell) * 1000 - 500, `answered in time: ${Math.round(ms)} ms`)
      t.equal(response.uid, uid)
      t.equal(response.allowed, row !== 'error')
      if (row === 'error') {
        const { message, code, details } = response.status as { message: string; code: number; details: { causes: [Cause] } }
        t.equal(code, 503)
        t.match(details.causes[0].reason, codes[fault])
        t.match(message, new RegExp(`us-east-1 for tenant cell-${id}`), 'which region and tenant')
        t.match(message, advice[fault], 'what to do')
        t.same(operations, [])
      } else if (row === 'stale') {
        t.equal(password === held, true, 'the token that it held')
        t.match(warnings, [warning(cache === 'nearly expired' ? orTooLate(codes[fault]) : codes[fault], 'injected an older token')])
      } else if (row === 'kept') {
        t.equal(password, oldPassword)
        t.match(warnings, [warning(codes[fault], 'kept the old credentials')])
        t.equal(expiryIn(becomes), expiryIn(asked.oldObject), 'the annotations too')
      } else if (row === 'injected') {
        t.same(warnings, [])
        const isHeld = cache === 'fresh' || (cache === 'ageing' && at === 0)
        t.equal(password === held, isHeld, isHeld ? 'the token that it held' : 'a new token')
      } else if (row === 'unchanged') {
        t.same(operations, [])
        t.same(warnings, [])
      } else {
        t.match(warnings, [/^ecr-anywhere: dry run: /])
        t.equal(password, asked.oldObject === undefined ? undefined : oldPassword, 'nothing that the Secret did not hold')
      }
    }
    const now = recovered.get(id)
    t.ok(now !== undefined && now !== held && now !== oldPassword, 'once AWS is back, it has a new token, without a restart')
  })
}

/** The SDK's own retries may take longer than a token that is held is worth waiting. */
function orTooLate(code: RegExp | undefined): RegExp {
  return new RegExp(`^(${code?.source.slice(1, -1)}|Timeout)$`)
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
