import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { idleBackoffCapMs } from '@ecr-anywhere/shared/backoff.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { decode, host, oldPassword, secret, type WireSecret } from '../admission/secrets.ts'
import { uid } from '../admission/world.ts'
import { advice, type Cell, caches, cells, codes, requests, rowsOf } from './cells.ts'
import { hours, startAws, startReplica } from './replica.ts'

type Player = (typeof players)[number]

/** The number of cells that run at once: few, because AWS is emulated in this process, and the SDK's own limits of time are real. */
const lanes = 8
const latencyMs = 700
/** The webhook timeout of the API server in seconds: short if AWS never answers, or else long enough for the retries of the SDK. */
const timeoutOf = ({ fault }: Cell) => (fault === 'hang' ? 2 : 30)
const roleOf = (id: number) => `arn:aws:iam::123456789012:role/cell-${id}`

const { emulator, config } = await startAws(t, { roles: cells.map((_, id) => ({ arn: roleOf(id) })) })

/** Each cell has its own webhook and principal, so that faults and tokens of one cell do not affect another. */
const players = cells.map((cell, id) => ({
  cell,
  id,
  replica: startReplica(t, { config, tenant: { name: `cell-${id}`, roleArn: roleOf(id) }, enforcesLimits: cell.fault === 'hang' }),
}))

const warm = await eachOf(async ({ cell, replica }) => {
  const ageMs = caches[cell.cache]
  if (ageMs === undefined) return undefined
  // The first calls load the SDK, which on a busy machine may take longer than the limit of STS.
  const patched = await until('a token is cached', async () => {
    const { result, patched } = await replica.ask({ object: secret() }, '30s')
    return result === 'injected' && patched
  })
  replica.move(ageMs)
  return passwordIn(patched)
})
// The clocks of the webhooks are up to 12 h ahead of the clock of AWS. A new token must be valid by these clocks too.
emulator.setTokenLife(24 * 3600)
const results = await eachOf(requestTwice)
emulator.heal()
const recovered = await eachOf(recover)

/** Does the work for all cells, some at a time. @returns the results by id */
async function eachOf<T>(work: (player: Player) => Promise<T>): Promise<Map<number, T>> {
  const left = players.values()
  const done = new Map<number, T>()
  const lane = async () => {
    for (const player of left) done.set(player.id, await work(player))
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return done
}

/** Sends the same request twice while AWS fails. The second is sent after the call that the first one started has ended. */
async function requestTwice({ cell: { fault, request }, cell, id, replica }: Player) {
  emulator.fault({ fault, principal: roleOf(id), ...(fault === 'latency' ? { ms: latencyMs } : {}) })
  const callsBefore = replica.calls()
  const asked = requests[request](replica.nowMs())
  const first = await replica.ask(asked, `${timeoutOf(cell)}s`)
  if (cell.cache === 'ageing') await replica.settled()
  const second = await replica.ask(asked, `${timeoutOf(cell)}s`)
  return { asked, first, second, calls: replica.calls() - callsBefore }
}

/** @returns the new password that the webhook injects after time has passed the longest back-off, or the life of a fresh token */
async function recover({ id, cell: { cache }, replica }: Player): Promise<string | undefined> {
  replica.move(cache === 'fresh' ? 2 * hours : idleBackoffCapMs)
  return until('AWS is called again', async () => {
    const { result, patched } = await replica.ask({ object: secret() }, '30s')
    await replica.settled()
    const password = passwordIn(patched)
    return result === 'injected' && password !== warm.get(id) && password
  })
}

for (const { cell, id } of players) {
  const { fault, cache, request } = cell
  const rows = rowsOf(cell)
  t.test(`${fault}, ${cache} cache, ${request}: ${rows[0] === rows[1] ? rows[0] : rows.join(', then ')}`, async t => {
    const cachedPassword = warm.get(id)
    const { asked, first, second, calls } = results.get(id) as Awaited<ReturnType<typeof requestTwice>>
    const callsAws = !rows.includes('unchanged') && !rows.includes('dry_run') && cache !== 'fresh'
    t.equal(calls > 0, callsAws, callsAws ? 'AWS was called' : 'AWS was not called')
    for (const [at, { result, limitMs, response, operations, warnings, patched }] of [first, second].entries()) {
      const row = rows[at]
      const password = passwordIn(patched)
      t.equal(result, row)
      t.ok(limitMs <= timeoutOf(cell) * 1000 - 500, `the answer waits for at most ${Math.round(limitMs)} ms`)
      t.equal(response.uid, uid)
      t.equal(response.allowed, row !== 'error')
      if (row === 'error') {
        const { message, code, details } = response.status as { message: string; code: number; details: { causes: [Cause] } }
        t.equal(code, 503)
        t.match(details.causes[0].reason, codes[fault])
        t.match(message, new RegExp(`us-east-1 for tenant cell-${id}`), 'the message names the region and the tenant')
        t.match(message, advice[fault], 'the message contains a remedy')
        t.same(operations, [])
      } else if (row === 'stale') {
        t.equal(password === cachedPassword, true, 'the cached token is injected')
        t.match(warnings, [warning(codes[fault], 'injected an older token')])
      } else if (row === 'kept') {
        t.equal(password, oldPassword)
        t.match(warnings, [warning(codes[fault], 'kept the old credentials')])
        t.equal(expiryIn(patched), expiryIn(asked.oldObject), 'the annotations are kept too')
      } else if (row === 'injected') {
        t.same(warnings, [])
        const isCached = cache === 'fresh' || (cache === 'ageing' && at === 0)
        t.equal(password === cachedPassword, isCached, isCached ? 'the cached token is injected' : 'a new token is injected')
      } else if (row === 'unchanged') {
        t.same(operations, [])
        t.same(warnings, [])
      } else {
        t.match(warnings, [/^ecr-anywhere: dry run: /])
        t.equal(
          password,
          asked.oldObject === undefined ? undefined : oldPassword,
          'the object contains no credentials that the Secret did not have',
        )
      }
    }
    const now = recovered.get(id)
    t.ok(
      now !== undefined && now !== cachedPassword && now !== oldPassword,
      'after AWS has recovered, a new token is injected without a restart',
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
