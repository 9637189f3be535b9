import t from 'tap'
import { mintTicket, ticketBytes } from '../../src/certs/random/mint-ticket.ts'
import { nextTickets, type TicketState } from '../../src/certs/tickets.ts'

const nowMs = Date.parse('2026-01-01T12:00:00Z')
const reloadMs = 300_000
const ticketLifeMs = 30 * 24 * 3_600_000

/** The next content, with tickets that are numbered as they are made. */
function next(state: TicketState, tenants: string[], at = nowMs) {
  let made = 0
  return nextTickets(state, { tenants, nowMs: at, reloadMs, mint: () => `new-${++made}` })
}

const phases: [about: string, data: Record<string, string>, ageMs: number, becomes: Record<string, string> | undefined][] = [
  ['tickets stay in use for 30 days', { a: '1', b: '2' }, ticketLifeMs - 1, undefined],
  [
    'old tickets get a next one, which is published first',
    { a: '1', b: '2' },
    ticketLifeMs,
    { a: '1', 'a.next': 'new-1', b: '2', 'b.next': 'new-2' },
  ],
  ['next ones wait until every webhook has them', { a: '1', 'a.next': '2', b: '3', 'b.next': '4' }, reloadMs - 1, undefined],
  [
    'then they are used, and the old ones still accepted',
    { a: '1', 'a.next': '2', b: '3', 'b.next': '4' },
    reloadMs,
    { a: '2', 'a.previous': '1', b: '4', 'b.previous': '3' },
  ],
  ['the old ones wait for reviews under way', { a: '2', 'a.previous': '1', b: '4', 'b.previous': '3' }, reloadMs - 1, undefined],
  ['then they are dropped', { a: '2', 'a.previous': '1', b: '4', 'b.previous': '3' }, reloadMs, { a: '2', b: '4' }],
  ['a tenant that is new gets one, without touching the others', { a: '1' }, 1, { a: '1', b: 'new-1' }],
  ['a tenant that is gone loses its own', { a: '1', b: '2', c: '3', 'c.next': '4' }, 1, { a: '1', b: '2' }],
  [
    'a rotation goes on where one tenant has no next ticket, as it came while the rotation was under way',
    { a: '1', 'a.next': '2', b: '3' },
    reloadMs,
    { a: '2', 'a.previous': '1', b: '3', 'b.previous': '3' },
  ],
  ['and so it ends where one tenant has no previous ticket', { a: '2', 'a.previous': '1', b: '3' }, reloadMs, { a: '2', b: '3' }],
  ['a rotation under way goes on beside a new tenant', { a: '1', 'a.next': '2' }, 1, { a: '1', 'a.next': '2', b: 'new-1' }],
]

for (const [about, data, ageMs, becomes] of phases) {
  t.test(about, async t => t.strictSame(next({ data, phaseSinceMs: nowMs - ageMs }, ['a', 'b'])?.data, becomes))
}

t.test('without a Secret every tenant gets a ticket of its own', async t => {
  t.strictSame(next({ data: {}, phaseSinceMs: undefined }, ['a', 'b']), { data: { a: 'new-1', b: 'new-2' }, phaseSinceMs: nowMs })
})

t.test('tickets whose time is lost get one, and a rotation under way waits once more', async t => {
  for (const data of [{ a: '1' }, { a: '1', 'a.next': '2' }, { a: '1', 'a.previous': '2' }]) {
    t.strictSame(next({ data, phaseSinceMs: undefined }, ['a']), { data, phaseSinceMs: nowMs })
  }
})

t.test('a tenant that comes does not put off the rotation of the others', async t => {
  t.equal(next({ data: { a: '1' }, phaseSinceMs: nowMs - 7 }, ['a', 'b'])?.phaseSinceMs, nowMs - 7)
})

t.test('in every phase, what the policy writes is accepted by webhooks whose files are one phase old', async t => {
  let state: TicketState = { data: {}, phaseSinceMs: undefined }
  let files: Record<string, string> = {}
  for (let at = nowMs; at < nowMs + 2 * ticketLifeMs; at += reloadMs) {
    const written = next(state, ['a'], at)
    if (written === undefined) continue
    state = written
    const accepted = ['a', 'a.next', 'a.previous'].map(key => files[key])
    if (files.a !== undefined) t.ok(accepted.includes(written.data.a), JSON.stringify([files, written.data]))
    files = written.data
  }
})

t.test('a ticket is 32 random bytes', async t => {
  t.equal(Buffer.from(mintTicket(), 'base64').length, ticketBytes)
  t.not(mintTicket(), mintTicket())
})
