import t from 'tap'
import { mintTicket, ticketBytes } from '../../src/certs/random/mint-ticket.ts'
import { nextTickets, type TicketState } from '../../src/certs/tickets.ts'

const nowMs = Date.parse('2026-01-01T12:00:00Z')
const reloadMs = 300_000
const ticketLifeMs = 30 * 24 * 3_600_000

/** The next content. New tickets are numbered. */
function next(state: TicketState, tenants: string[], at = nowMs) {
  let made = 0
  return nextTickets(state, { tenants, nowMs: at, reloadMs, mint: () => `new-${++made}` })
}

const phases: [about: string, data: Record<string, string>, ageMs: number, expected: Record<string, string> | undefined][] = [
  ['tickets stay in use for 30 days', { a: '1', b: '2' }, ticketLifeMs - 1, undefined],
  [
    'after 30 days a next ticket is created and published',
    { a: '1', b: '2' },
    ticketLifeMs,
    { a: '1', 'a.next': 'new-1', b: '2', 'b.next': 'new-2' },
  ],
  [
    'next tickets are not used before every webhook has reloaded',
    { a: '1', 'a.next': '2', b: '3', 'b.next': '4' },
    reloadMs - 1,
    undefined,
  ],
  [
    'after that, the next tickets are used and the old ones are still accepted',
    { a: '1', 'a.next': '2', b: '3', 'b.next': '4' },
    reloadMs,
    { a: '2', 'a.previous': '1', b: '4', 'b.previous': '3' },
  ],
  ['old tickets are accepted for reviews in progress', { a: '2', 'a.previous': '1', b: '4', 'b.previous': '3' }, reloadMs - 1, undefined],
  ['after that, old tickets are removed', { a: '2', 'a.previous': '1', b: '4', 'b.previous': '3' }, reloadMs, { a: '2', b: '4' }],
  ['a new tenant gets a ticket, and the other tickets do not change', { a: '1' }, 1, { a: '1', b: 'new-1' }],
  ['the tickets of a removed tenant are removed', { a: '1', b: '2', c: '3', 'c.next': '4' }, 1, { a: '1', b: '2' }],
  [
    'a rotation continues if a tenant without a next ticket was added during it',
    { a: '1', 'a.next': '2', b: '3' },
    reloadMs,
    { a: '2', 'a.previous': '1', b: '3', 'b.previous': '3' },
  ],
  ['a rotation ends if a tenant has no previous ticket', { a: '2', 'a.previous': '1', b: '3' }, reloadMs, { a: '2', b: '3' }],
  ['a rotation in progress continues if a tenant is added', { a: '1', 'a.next': '2' }, 1, { a: '1', 'a.next': '2', b: 'new-1' }],
]

for (const [about, data, ageMs, expected] of phases) {
  t.test(about, async t => t.strictSame(next({ data, phaseSinceMs: nowMs - ageMs }, ['a', 'b'])?.data, expected))
}

t.test('if there is no Secret, every tenant gets its own ticket', async t => {
  t.strictSame(next({ data: {}, phaseSinceMs: undefined }, ['a', 'b']), { data: { a: 'new-1', b: 'new-2' }, phaseSinceMs: nowMs })
})

t.test('tickets without a time get one, and a rotation in progress waits again', async t => {
  for (const data of [{ a: '1' }, { a: '1', 'a.next': '2' }, { a: '1', 'a.previous': '2' }]) {
    t.strictSame(next({ data, phaseSinceMs: undefined }, ['a']), { data, phaseSinceMs: nowMs })
  }
})

t.test('a new tenant does not delay the rotation of the others', async t => {
  t.equal(next({ data: { a: '1' }, phaseSinceMs: nowMs - 7 }, ['a', 'b'])?.phaseSinceMs, nowMs - 7)
})

t.test('in every phase, the ticket of the policy is accepted by webhooks whose files are one phase old', async t => {
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
