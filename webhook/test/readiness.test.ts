import t from 'tap'
import { notReadyReason, type Parts, readiness, ticketCounts } from '../src/readiness.ts'

const nowMs = Date.parse('2026-01-01T12:00:00Z')
const hour = 3_600_000
const valid = { notBeforeMs: nowMs - hour, notAfterMs: nowMs + hour }
const later = { notBeforeMs: nowMs + 1, notAfterMs: nowMs + hour }
const expired = { notBeforeMs: nowMs - hour, notAfterMs: nowMs }
const good: Parts = { draining: false, pair: valid, tickets: undefined, clientCa: undefined }
const ticketsOf = (...tenants: string[]) => new Map(tenants.map(name => [name, [Buffer.from(name)]]))

const cases: [about: string, parts: Partial<Parts>, why: RegExp | undefined][] = [
  ['a valid pair with attestation off', {}, undefined],
  ['shutting down', { draining: true }, /^shutting down$/],
  ['no pair', { pair: undefined }, /^no serving certificate in CERT_FILE and KEY_FILE yet$/],
  ['a pair that has expired', { pair: expired }, /^the serving certificate expired at 2026-01-01T12:00:00Z$/],
  ['a pair that is not valid yet', { pair: later }, /^the serving certificate is not valid before 2026-01-01T12:00:00Z$/],
  ['a pair that becomes valid at this moment', { pair: { ...valid, notBeforeMs: nowMs } }, undefined],
  [
    'tickets that could not be read',
    { tickets: new Map() },
    /^no ticket of tenant default, team-a in ATTESTATION_DIR; `ecr-anywhere certs`/,
  ],
  ['a tenant without a ticket', { tickets: ticketsOf('default') }, /^no ticket of tenant team-a in/],
  ['a tenant whose list is empty', { tickets: new Map([...ticketsOf('default'), ['team-a', []]]) }, /^no ticket of tenant team-a in/],
  ['a ticket for each tenant', { tickets: ticketsOf('default', 'team-a', 'another') }, undefined],
  ['no client CA', { clientCa: [] }, /^no certificate in CLIENT_CA_FILE yet/],
  ['client CAs that have expired', { clientCa: [expired, expired] }, /^no certificate in CLIENT_CA_FILE is valid: the first expired at/],
  ['a client CA that is not valid yet', { clientCa: [later] }, /CLIENT_CA_FILE is valid: the first is not valid before/],
  ['an aggregated API with a front-proxy CA', { frontProxy: { problem: undefined } }, undefined],
  ['an aggregated API without a front-proxy CA', { frontProxy: { problem: 'no CA' } }, /^no CA$/],
  ['one valid client CA of two', { clientCa: [expired, valid] }, undefined],
]

for (const [about, parts, why] of cases) {
  t.test(`${about}: ${why === undefined ? 'ready' : 'not ready'}`, async t => {
    const reason = notReadyReason(readiness(['default', 'team-a'])({ ...good, ...parts }, nowMs))
    if (why === undefined) t.equal(reason, undefined)
    else t.match(reason, why)
  })
}

t.test('a webhook that had a ticket for each tenant stays ready if one disappears, and becomes not ready if all do', async t => {
  const judge = readiness(['default', 'team-a'])
  const reason = (tickets: Parts['tickets']) => notReadyReason(judge({ ...good, tickets }, nowMs))
  t.match(reason(ticketsOf('default')), /no ticket of tenant team-a/)
  t.equal(reason(ticketsOf('default', 'team-a')), undefined)
  t.equal(reason(ticketsOf('default')), undefined)
  t.match(reason(new Map()), /no ticket of tenant default, team-a/)
  t.match(reason(ticketsOf('another')), /no ticket of tenant default, team-a/)
  t.equal(reason(ticketsOf('team-a')), undefined)
})

t.test('the webhook becomes not ready if the ticket of its only tenant disappears', async t => {
  const judge = readiness(['default'])
  judge({ ...good, tickets: ticketsOf('default') }, nowMs)
  t.match(judge({ ...good, tickets: new Map() }, nowMs).tickets, /no ticket of tenant default/)
})

t.test('only the first of many tenants are named', async t => {
  const names = Array.from({ length: 50 }, (_, at) => `team-${at}`)
  const { tickets } = readiness(names)({ ...good, tickets: new Map() }, nowMs)
  t.match(tickets, /^no ticket of tenant team-0, team-1, team-2, team-3, team-4 and 45 more in/)
})

t.test('tickets are counted for each tenant, and for nobody where they are not used', async t => {
  t.strictSame(
    [...(ticketCounts(['default', 'team-a'], ticketsOf('default', 'somebody')) ?? [])],
    [
      ['default', 1],
      ['team-a', 0],
    ],
  )
  t.equal(ticketCounts(['default'], undefined), undefined)
})
