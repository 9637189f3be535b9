import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { encode, injectedSecret, secret } from './secrets.ts'
import { answer, awsWorld, newPassword } from './world.ts'

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
