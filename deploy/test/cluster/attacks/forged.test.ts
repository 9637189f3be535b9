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
const withAttestation = (value: unknown, change: (body: Body) => unknown = body => body) => {
  const body = review('ready-enabled')
  if (value !== undefined) Object.assign(body.request.object.metadata.annotations, { [annotations.attestation]: value })
  return change(body)
}
const changed = (body: Body, change: object, metadata: object = {}) => {
  const object = { ...body.request.object, metadata: { ...body.request.object.metadata, ...metadata } }
  return { ...body, request: { ...body.request, object, ...change } }
}

/** Reviews that differ from a review of the API server only in the ticket. */
const forgeries: [about: string, body: () => unknown, path?: string][] = [
  ['no ticket', () => withAttestation(undefined)],
  ['an empty ticket', () => withAttestation('')],
  ['a random ticket', () => withAttestation(randomBytes(32).toString('base64'))],
  ['the ticket from before the rotation', () => withAttestation(before.default)],
  ['the ticket of another tenant', () => withAttestation(neighbours)],
  ["this tenant's ticket on another tenant's path", () => withAttestation(ticket), '/inject/team-a'],
  ['the ticket twice', () => withAttestation(ticket + ticket)],
  ['the ticket twice, separated by a comma', () => withAttestation(`${ticket},${ticket}`)],
  ['the ticket in a JSON list', () => withAttestation([ticket])],
  ['the ticket without its last characters', () => withAttestation(ticket.slice(0, -2))],
  ['the ticket with a line feed at its end', () => withAttestation(`${ticket}\n`)],
  ['the decoded ticket', () => withAttestation(Buffer.from(ticket, 'base64').toString('latin1'))],
  ['the ticket in lower case', () => withAttestation(ticket.toLowerCase())],
  ['the name of a ticket file', () => withAttestation('default'), '/inject/default.next'],
  ['the name of an Object property', () => withAttestation('true'), '/inject/__proto__'],
  [
    'the ticket as a label',
    () =>
      withAttestation(undefined, body => changed(body, {}, { labels: { [labels.managed]: 'true', [annotations.attestation]: ticket } })),
  ],
  [
    'the ticket on oldObject only',
    () =>
      withAttestation(undefined, body =>
        changed(body, { operation: 'UPDATE', oldObject: (withAttestation(ticket) as Body).request.object }),
      ),
  ],
  ['the path of older installs', () => withAttestation(neighbours), '/sync'],
  ['no ticket on a dry run', () => withAttestation(undefined, body => changed(body, { dryRun: true }))],
  [
    'no ticket on a Secret that is being deleted',
    () => withAttestation(undefined, body => changed(body, {}, { deletionTimestamp: '2026-01-01T00:00:00Z' })),
  ],
  ['no ticket on a Secret that is not managed', () => withAttestation(undefined, body => changed(body, {}, { labels: {} }))],
]
const post = (body: unknown, path = '/inject/default') =>
  call(Number(new URL(bed.webhook().url).port), { agent, path: `${path}?timeout=10s` }, JSON.stringify(body))

t.test('after a rotation the current ticket is accepted and the previous ticket is not', { skip }, async t => {
  await until('the webhook accepts the current ticket', async () => isAllowed(await post(withAttestation(ticket))))
  await until('the webhook no longer accepts the previous ticket', async () => !isAllowed(await post(withAttestation(before.default))))
  const { response } = JSON.parse((await post(withAttestation(ticket))).body)
  t.match(
    Buffer.from(response.patch, 'base64').toString(),
    /password|dockerconfigjson/,
    'a review with the current ticket gets credentials',
  )
})

t.test(`${reviews} forged reviews get no token and cause no call to AWS`, { skip }, async t => {
  await warmed(bed.webhook)
  emulator.resetCalls()
  const answers = new Map<string, Set<string>>()
  let next = 0
  const worker = async () => {
    for (let at = next++; at < reviews; at = next++) {
      const [about, body, path] = forgeries[at % forgeries.length] as (typeof forgeries)[number]
      const outcomes = answers.get(about) ?? new Set()
      answers.set(about, outcomes.add(summary(await post(body(), path))))
    }
  }
  await Promise.all(Array.from({ length: atATime }, worker))
  t.equal(answers.size, forgeries.length)
  for (const [about, outcomes] of answers) {
    t.equal(outcomes.size, 1, `${about}: every answer is the same`)
    t.match([...outcomes][0], /^200 refused: found .+; wanted .+\. \S/, about)
  }
  t.same(emulator.calls().counts, {})
})

t.test('the webhook does not disclose a ticket in its answers, logs, metrics or status', { skip }, async t => {
  const { logs, operationsUrl } = bed.webhook()
  const shown = [logs(), ...(await Promise.all(['metrics', 'status'].map(async path => (await fetch(`${operationsUrl}/${path}`)).text())))]
  for (const one of [ticket, neighbours, before.default ?? '']) t.notOk(shown.join('\n').includes(one))
})

function isAllowed({ body }: Answer): boolean {
  return JSON.parse(body).response.allowed
}

/** What the answer tells the caller, without the uid. A patch contains credentials, so it is never shown. */
function summary({ status, body }: Answer): string {
  const { allowed, patch, status: refusal } = JSON.parse(body).response
  return allowed || patch !== undefined ? `${status} allowed` : `${status} refused: ${refusal.message}`
}
