import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { screen } from '../../src/admission/authenticate.ts'
import { encode, injectedSecret, secret } from './secrets.ts'
import { answer, awsWorld, newPassword, review, uid } from './world.ts'

const ticket = encode('ticket-hunter2-of-default')
const previous = encode('previous-hunter2-of-default')
const other = encode('ticket-hunter2-of-team-a')
const tickets = new Map([
  ['default', [ticket, previous].map(text => Buffer.from(text))],
  ['team-a', [Buffer.from(other)]],
])
const { world } = awsWorld({ tickets: () => tickets })

for (const shown of [ticket, previous]) {
  t.test('a review with one of the tickets of its tenant is answered, and the ticket is removed', async t => {
    const { result, becomes } = await answer({ object: secret({ notes: { [annotations.attestation]: shown } }) }, world)
    t.equal(result, 'injected')
    t.notOk(becomes.metadata.annotations?.[annotations.attestation])
  })
}

const wrong: [about: string, shown: string | undefined][] = [
  ['no ticket', undefined],
  ['an empty ticket', ''],
  ["another tenant's ticket", other],
  ['a part of the ticket', ticket.slice(0, -1)],
  ['more than the ticket', `${ticket}A`],
  ['both tickets', `${ticket},${previous}`],
  ['the decoded ticket', Buffer.from(ticket, 'base64').toString()],
  ['the word undefined', 'undefined'],
]

const objects: [about: string, object: ReturnType<typeof secret>][] = [
  ['managed', secret()],
  ['unmanaged', secret({ metadata: { name: 'a', namespace: 'b', annotations: {} } })],
  ['without annotations', secret({ metadata: { name: 'a', namespace: 'b' } })],
  ['unsupported', secret({ type: 'Opaque' })],
]

for (const [about, shown] of wrong) {
  t.test(`a review with ${about} is refused, whatever the Secret, and gets nothing`, async t => {
    for (const [kind, object] of objects) {
      const notes = { ...object.metadata.annotations, ...(shown === undefined ? {} : { [annotations.attestation]: shown }) }
      const asked = { object: { ...object, metadata: { ...object.metadata, annotations: notes } } }
      const { result, response } = await answer(asked, world)
      t.equal(result, 'denied', kind)
      t.match(response, { allowed: false, status: { details: { causes: [{ reason: 'NotAttested' }] } } })
      t.notMatch(JSON.stringify(response), new RegExp(`${newPassword('us-east-1')}|${RegExp.escape(ticket)}|"patch"`))
    }
  })
}

t.test('the ticket of the old object counts for nothing', async t => {
  const oldObject = injectedSecret({ notes: { [annotations.attestation]: ticket } })
  t.equal((await answer({ object: injectedSecret(), oldObject }, world)).result, 'denied')
})

t.test('a tenant without tickets, or tickets that could not be read, refuse everything', async t => {
  for (const tickets of [new Map(), new Map([['team-a', [Buffer.from(other)]]]), new Map([['default', []]])]) {
    const { result } = await answer({ object: secret({ notes: { [annotations.attestation]: '' } }) }, { ...world, tickets: () => tickets })
    t.equal(result, 'denied')
  }
})

t.test('where attestation is off, a review needs no ticket, and one that is there is removed', async t => {
  const { result, becomes } = await answer({ object: secret({ notes: { [annotations.attestation]: 'x' } }) })
  t.equal(result, 'injected')
  t.notOk(becomes.metadata.annotations?.[annotations.attestation])
})

/** What is made of a body, with these tickets, before it is parsed. */
function screened(body: unknown, tenantName = 'default', known: typeof tickets | undefined = tickets) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return screen(bytes, { tenantName, tenants: new Set(['default', 'team-a']), tickets: known })
}
const ticketed = secret({ notes: { [annotations.attestation]: ticket } })
const noted = (note: unknown) => review({ object: secret({ notes: { [annotations.attestation]: note as string } }) })

for (const [about, body] of [
  ['the ticket', noted(ticket)],
  ['the one before it', noted(previous)],
  ["another tenant's: the sentence about it comes from what is parsed", noted(other)],
  ['the ticket, and a label of that name before it', review({ object: { labels: { [annotations.attestation]: 'x' }, ...ticketed } })],
] as const) {
  t.test(`a body with ${about} shall be parsed`, async t => t.equal(screened(body), undefined))
}

t.test('where attestation is off, every body shall be parsed', async t => {
  t.equal(screen(Buffer.from('[{},{}]'), { tenantName: 'default', tenants: new Set(), tickets: undefined }), undefined)
})

for (const [about, body] of [
  ...wrong.map(([about, shown]) => [about, noted(shown)] as const).filter(([about]) => about !== "another tenant's ticket"),
  ['the ticket in a list', noted([ticket])],
  ['the ticket as a key', noted({ [ticket]: 'x' })],
  ['the ticket elsewhere', review({ object: secret({ notes: { ticket } }) })],
  ['the ticket in a text within a text', review({ object: secret({ notes: { last: JSON.stringify(noted(ticket)) } }) })],
  [
    'the ticket behind more annotations of that name than a review has',
    JSON.stringify(noted('x')).repeat(4) + JSON.stringify(noted(ticket)),
  ],
] as const) {
  t.test(`a body with ${about} is refused by its bytes, as a denial with its uid`, async t => {
    const refusal = screened(body)
    t.match(refusal, { result: 'denied', record: { uid, tenant: 'default', why: /a review without the ticket of tenant default/ } })
    t.match(refusal?.reply.response, { uid, allowed: false, status: { details: { causes: [{ reason: 'NotAttested' }] } } })
  })
}

for (const body of ['', '[{},{}]', '{"request":{"uid":', `{"a":{}},"request":{"uid":"${uid}"`, `{"request":{"uid":"${'x'.repeat(65)}"}}`]) {
  t.test(`a body of ${JSON.stringify(body.slice(0, 30))} is nobody's review: there is no uid to deny`, async t => {
    t.throws(() => screened(body), { kind: 'input', code: 'NotAttested', message: /without the ticket of tenant default/ })
  })
}

t.test('the tenant of a path is quoted only if it could be one, and counted only if it is one', async t => {
  for (const [name, quoted, counted] of [
    ['team-a', 'team-a', 'team-a'],
    ['team-b', 'team-b', 'unknown'],
    ['__proto__', '<tenant>', 'unknown'],
    [`x${newPassword('us-east-1')}\n`.repeat(100), '<tenant>', 'unknown'],
  ] as const) {
    const refusal = screened(noted('x'), name)
    t.match(refusal?.record, { tenant: counted, why: `without the ticket of tenant ${quoted}; ` })
    t.ok((refusal?.record.why.length ?? 0) < 700)
  }
})

t.test('the sentence names what to look at, in order, and does not send anybody to `certs`', async t => {
  const why = screened(noted('x'))?.record.why ?? ''
  t.match(
    why,
    /MutatingAdmissionPolicy ecr-anywhere-tenant-default and its binding exist .*`helm upgrade`.*another mutating webhook.*two minutes/,
  )
  t.notMatch(why, /certs/)
})

t.test('a large body is looked through in no time, whatever it is made of', async t => {
  const mark = `"${annotations.attestation}":"`
  const units = ['{},', 'A', ticket, mark, mark.slice(0, -1), mark.slice(1), `${mark}${ticket}`.slice(0, -1)]
  for (const unit of units) {
    const body = Buffer.from(JSON.stringify(noted('x')) + unit.repeat(Math.floor((8 * 1024 * 1024) / unit.length)))
    const startMs = performance.now()
    t.equal(screened(body)?.result, 'denied')
    t.ok(performance.now() - startMs < 1_000, unit)
  }
})
