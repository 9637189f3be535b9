import { randomBytes } from 'node:crypto'
import { Agent } from 'node:https'
import { review } from '@ecr-anywhere/scripts/bench/review.ts'
import { withoutMutatingPolicies } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { type Answer, call } from '@ecr-anywhere/scripts/testbed/https-call.ts'
import { user } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { warmed } from '@ecr-anywhere/scripts/testbed/warmed.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const role = 'arn:aws:iam::111122223333:role/pull-a'
const reviews = 1000
const atATime = 8

const skip = await withoutMutatingPolicies()
const bed = await startAttested(t, {
  values: { tenants: [{ name: 'default' }, { name: 'team-a', roleArn: role }] },
  emulator: { users: [user], roles: [{ arn: role }] },
})
const { emulator } = bed
const before = await bed.tickets()
await bed.rotateTickets()
const { default: ticket = '', 'team-a': neighbours = '' } = await bed.tickets()
const agent = new Agent({ keepAlive: true, maxSockets: atATime, rejectUnauthorized: false })
t.teardown(() => agent.destroy())

type Body = ReturnType<typeof review>
const withNote = (note: unknown, change: (body: Body) => unknown = body => body) => {
  const body = review('ready-enabled')
  if (note !== undefined) Object.assign(body.request.object.metadata.annotations, { [annotations.attestation]: note })
  return change(body)
}
const changed = (body: Body, change: object, metadata: object = {}) => {
  const object = { ...body.request.object, metadata: { ...body.request.object.metadata, ...metadata } }
  return { ...body, request: { ...body.request, object, ...change } }
}

/** Each looks as an API server's review does, but for the ticket. */
const forgeries: [about: string, body: () => unknown, path?: string][] = [
  ['no ticket', () => withNote(undefined)],
  ['an empty one', () => withNote('')],
  ['a wrong one', () => withNote(randomBytes(32).toString('base64'))],
  ['the one before the rotation', () => withNote(before.default)],
  ["another tenant's", () => withNote(neighbours)],
  ["this tenant's in another tenant's path", () => withNote(ticket), '/inject/team-a'],
  ['doubled', () => withNote(ticket + ticket)],
  ['doubled, as a list', () => withNote(`${ticket},${ticket}`)],
  ['in a JSON list', () => withNote([ticket])],
  ['cut', () => withNote(ticket.slice(0, -2))],
  ['with more behind it', () => withNote(`${ticket}\n`)],
  ['decoded', () => withNote(Buffer.from(ticket, 'base64').toString('latin1'))],
  ['in lower case', () => withNote(ticket.toLowerCase())],
  ['the name of a file', () => withNote('default'), '/inject/default.next'],
  ['the name of a property', () => withNote('true'), '/inject/__proto__'],
  [
    'as a label',
    () => withNote(undefined, body => changed(body, {}, { labels: { [labels.managed]: 'true', [annotations.attestation]: ticket } })),
  ],
  [
    'on the old object only',
    () => withNote(undefined, body => changed(body, { operation: 'UPDATE', oldObject: (withNote(ticket) as Body).request.object })),
  ],
  ['in the path of older installs', () => withNote(neighbours), '/sync'],
  ['for a dry run', () => withNote(undefined, body => changed(body, { dryRun: true }))],
  [
    'for a Secret that is being deleted',
    () => withNote(undefined, body => changed(body, {}, { deletionTimestamp: '2026-01-01T00:00:00Z' })),
  ],
  ['for a Secret that is not managed', () => withNote(undefined, body => changed(body, {}, { labels: {} }))],
]
const post = (body: unknown, path = '/inject/default') =>
  call(Number(new URL(bed.webhook().url).port), { agent, path: `${path}?timeout=10s` }, JSON.stringify(body))

t.test('the rotation is over: the present ticket is taken, the one before is not', { skip }, async t => {
  await until('the webhook knows the present ticket', async () => isAllowed(await post(withNote(ticket))))
  await until('and the old one no longer', async () => !isAllowed(await post(withNote(before.default))))
  const { response } = JSON.parse((await post(withNote(ticket))).body)
  t.match(Buffer.from(response.patch, 'base64').toString(), /password|dockerconfigjson/, 'with it, a review is answered with credentials')
})

t.test(`${reviews} forged reviews: no token, no call of AWS`, { skip }, async t => {
  await warmed(bed.webhook)
  emulator.resetCalls()
  const answers = new Map<string, Set<string>>()
  let next = 0
  const worker = async () => {
    for (let at = next++; at < reviews; at = next++) {
      const [about, body, path] = forgeries[at % forgeries.length] as (typeof forgeries)[number]
      const said = answers.get(about) ?? new Set()
      answers.set(about, said.add(summary(await post(body(), path))))
    }
  }
  await Promise.all(Array.from({ length: atATime }, worker))
  t.equal(answers.size, forgeries.length)
  for (const [about, said] of answers) {
    t.equal(said.size, 1, `${about}: always the same answer`)
    t.match([...said][0], /^200 refused: found .+; wanted .+\. \S/, about)
  }
  t.same(emulator.calls().counts, {})
})

t.test('nor does the webhook tell a ticket, in its answers, logs, metrics or status', { skip }, async t => {
  const { logs, operationsUrl } = bed.webhook()
  const shown = [logs(), ...(await Promise.all(['metrics', 'status'].map(async path => (await fetch(`${operationsUrl}/${path}`)).text())))]
  for (const one of [ticket, neighbours, before.default ?? '']) t.notOk(shown.join('\n').includes(one))
})

function isAllowed({ body }: Answer): boolean {
  return JSON.parse(body).response.allowed
}

/** What a caller learns, without its uid. A patch, which would be credentials, is never shown. */
function summary({ status, body }: Answer): string {
  const { allowed, patch, status: refusal } = JSON.parse(body).response
  return allowed || patch !== undefined ? `${status} allowed` : `${status} refused: ${refusal.message}`
}
