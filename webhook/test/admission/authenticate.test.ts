import { cpuMs } from '@ecr-anywhere/scripts/testbed/cpu-time.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { admit } from '../../src/admission/admit.ts'
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
  t.test('a review with a ticket of its tenant is accepted, and the ticket is removed', async t => {
    const { result, patched } = await answer({ object: secret({ notes: { [annotations.attestation]: shown } }) }, world)
    t.equal(result, 'injected')
    t.notOk(patched.metadata.annotations?.[annotations.attestation])
  })
}

const wrong: [about: string, shown: string | undefined][] = [
  ['no ticket', undefined],
  ['an empty ticket', ''],
  ['the ticket of another tenant', other],
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
  t.test(`a review with ${about} is denied without credentials, for any Secret`, async t => {
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

t.test('a review of a Secret without annotations is denied, because it has no ticket', async t => {
  const { annotations: _, ...metadata } = secret().metadata
  const { result, response } = await answer({ object: { ...secret(), metadata } }, world)
  t.equal(result, 'denied')
  t.match(response, { status: { details: { causes: [{ reason: 'NotAttested' }] } } })
})

t.test('a review needs no ticket if its connection has identified the API server', async t => {
  const caller = { tenantName: 'default', leftMs: () => 9_000 }
  t.equal((await admit(review({ object: secret() }), { ...caller, isApiServer: true }, world)).result, 'injected')
  t.equal((await admit(review({ object: secret() }), { ...caller, isApiServer: false }, world)).result, 'denied')
})

t.test('a ticket on oldObject is ignored', async t => {
  const oldObject = injectedSecret({ notes: { [annotations.attestation]: ticket } })
  t.equal((await answer({ object: injectedSecret(), oldObject }, world)).result, 'denied')
})

t.test('every review is denied if its tenant has no ticket or if no ticket could be read', async t => {
  for (const tickets of [new Map(), new Map([['team-a', [Buffer.from(other)]]]), new Map([['default', []]])]) {
    const { result } = await answer({ object: secret({ notes: { [annotations.attestation]: '' } }) }, { ...world, tickets: () => tickets })
    t.equal(result, 'denied')
  }
})

t.test('if attestation is off, a review needs no ticket, and a ticket is removed', async t => {
  const { result, patched } = await answer({ object: secret({ notes: { [annotations.attestation]: 'x' } }) })
  t.equal(result, 'injected')
  t.notOk(patched.metadata.annotations?.[annotations.attestation])
})

/** Applies the check of the unparsed body with these tickets. */
function screened(body: unknown, tenantName = 'default', known: typeof tickets | undefined = tickets) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return screen(bytes, { tenantName, tenants: new Set(['default', 'team-a']), tickets: known })
}
const ticketed = secret({ notes: { [annotations.attestation]: ticket } })
const noted = (note: unknown) => review({ object: secret({ notes: { [annotations.attestation]: note as string } }) })

for (const [about, body] of [
  ['the ticket', noted(ticket)],
  ['the previous ticket', noted(previous)],
  ["another tenant's ticket, for which the parsed review decides on the message", noted(other)],
  ['the ticket and before it a label of that name', review({ object: { labels: { [annotations.attestation]: 'x' }, ...ticketed } })],
] as const) {
  t.test(`a body with ${about} is parsed`, async t => t.equal(screened(body), undefined))
}

t.test('if attestation is off, every body is parsed', async t => {
  t.equal(screen(Buffer.from('[{},{}]'), { tenantName: 'default', tenants: new Set(), tickets: undefined }), undefined)
})

for (const [about, body] of [
  ...wrong.map(([about, shown]) => [about, noted(shown)] as const).filter(([about]) => about !== 'the ticket of another tenant'),
  ['the ticket in a list', noted([ticket])],
  ['the ticket as a key', noted({ [ticket]: 'x' })],
  ['the ticket in another annotation', review({ object: secret({ notes: { ticket } }) })],
  ['the ticket in a string inside a string', review({ object: secret({ notes: { last: JSON.stringify(noted(ticket)) } }) })],
  [
    'the ticket after more annotations of that name than a review can contain',
    JSON.stringify(noted('x')).repeat(4) + JSON.stringify(noted(ticket)),
  ],
] as const) {
  t.test(`a body with ${about} is denied under its uid without being parsed`, async t => {
    const refusal = screened(body)
    t.match(refusal, { result: 'denied', record: { uid, tenant: 'default', why: /a review without the ticket of tenant default/ } })
    t.match(refusal?.reply.response, { uid, allowed: false, status: { details: { causes: [{ reason: 'NotAttested' }] } } })
  })
}

for (const body of [
  '',
  '[{},{}]',
  `[{"request":{"uid":"${uid}"}}]`,
  '{"request":{"uid":',
  `{"a":{}},"request":{"uid":"${uid}"`,
  `{"request":{"uid":"${'x'.repeat(65)}"}}`,
]) {
  t.test(`a body of ${JSON.stringify(body.slice(0, 30))} is no review with a uid, so the request is rejected`, async t => {
    t.throws(() => screened(body), { kind: 'input', code: 'NotAttested', message: /without the ticket of tenant default/ })
  })
}

t.test('a ticket outside of its annotation is ignored, wherever it is in the body', async t => {
  for (let at = 0; at < 200; at += 1) t.throws(() => screened(`${' '.repeat(at)}${ticket}"`), { code: 'NotAttested' }, `${at}`)
})

t.test('the tenant in a path is quoted only if it is a valid name, and is counted only if the tenant exists', async t => {
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

t.test('the message lists the possible causes in order, and does not mention `certs`', async t => {
  const why = screened(noted('x'))?.record.why ?? ''
  t.match(
    why,
    /MutatingAdmissionPolicy ecr-anywhere-tenant-default and its binding exist .*`helm upgrade`.*another mutating webhook.*two minutes/,
  )
  t.notMatch(why, /certs/)
})

t.test('a large body is searched quickly, whatever it contains', async t => {
  const mark = `"${annotations.attestation}":"`
  const units = ['{},', 'A', ticket, mark, mark.slice(0, -1), mark.slice(1), `${mark}${ticket}`.slice(0, -1)]
  for (const unit of units) {
    const body = Buffer.from(JSON.stringify(noted('x')) + unit.repeat(Math.floor((8 * 1024 * 1024) / unit.length)))
    const ms = cpuMs(() => t.equal(screened(body)?.result, 'denied'))
    t.ok(ms < 1_000, unit)
  }
})
