import { setTimeout as sleep } from 'node:timers/promises'
import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { withoutMutatingPolicies } from '@ecr-anywhere/scripts/testbed/attestation.ts'
import { startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { tokenCalls } from '@ecr-anywhere/scripts/testbed/aws-calls.ts'
import { managedSecret } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { secretWriter } from '@ecr-anywhere/scripts/testbed/secret-writer.ts'
import { stream } from '@ecr-anywhere/scripts/testbed/stream.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import t from 'tap'

const namespace = 'ready-enabled'
const secrets = 20
const perSecond = 100
const connections = 16
/** By default each phase takes 5 minutes, and mounted files lag by up to 90 s. This test is 30 times as fast. */
const reload = { ROTATE_RELOAD: '10s' }
const lagMs = 3_000

const skip = await withoutMutatingPolicies()
const bed = await startAttested(t)
const client = await apiUser(bed.cluster.kubeconfig, connections)
t.teardown(client.close)
const writer = secretWriter(client)
const { create, patch, answers } = writer
const names = Array.from({ length: secrets }, (_, at) => `pull-${at}`)
for (const name of names) await create(managedSecret({ namespace, name }))

const updatesOf = () => stream(writer, { namespace, names, perSecond, connections })

/** Runs `certs` once. The mounted files contain the tickets that it writes only after the lag. @returns whether it wrote tickets */
async function phase(env: Record<string, string>): Promise<boolean> {
  const isWritten = (await must(bed.certs(env))).includes('tickets written')
  if (isWritten) await sleep(lagMs).then(bed.mountTickets)
  return isWritten
}
const keys = async () => Object.keys(await bed.tickets())

t.test('no update is denied while tickets rotate and mounted files lag', { skip }, async t => {
  const before = await bed.tickets()
  await bed.ageTickets()
  const updates = updatesOf()
  t.ok(await phase(reload))
  t.same(await keys(), ['default', 'default.next'])
  const { 'default.next': next } = await bed.tickets()
  await until('the policy uses the next ticket', () => phase(reload))
  t.same(await bed.tickets(), { default: next, 'default.previous': before.default })
  await until('the previous ticket is removed', () => phase(reload))
  t.same(await bed.tickets(), { default: next })
  const { updates: count, perSecond: found, refusals } = await updates.stop()
  t.comment(`${count} updates, ${Math.round(found)} a second`)
  t.ok(count > 20 * secrets, 'each Secret was updated in every phase')
  t.same([...new Set(refusals)], [])
})

t.test('updates are denied if mounted files lag longer than ROTATE_RELOAD, and each denial says what is missing', { skip }, async t => {
  await bed.ageTickets()
  const updates = updatesOf()
  const tooFast = { ROTATE_RELOAD: '1s' }
  t.match(await must(bed.certs(tooFast)), 'tickets written')
  await until('the policy uses the next ticket', async () => (await must(bed.certs(tooFast))).includes('tickets written'))
  await until('an update is denied', () => updates.refusals.length > 0)
  await bed.mountTickets()
  const { refusals } = await updates.stop()
  t.match(refusals[0], /^400 .*a review without the ticket of tenant default; wanted .+\. \S/)
  await until('the files are up to date and an update succeeds', async () => (await patch(namespace, 'pull-0', {})).status === 200)
})

t.test('the webhook requested only the one token with which it started, and no answer contained a ticket', { skip }, async t => {
  t.equal(tokenCalls(bed.emulator), 1)
  for (const ticket of Object.values(await bed.tickets())) t.notOk(answers.some(answer => answer.includes(ticket)))
})
