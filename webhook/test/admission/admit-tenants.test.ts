import { annotations } from '@ecr-anywhere/shared/names.ts'
import { scopeId } from '@ecr-anywhere/shared/scope.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import t from 'tap'
import { type AdmitWorld, admit } from '../../src/admission/admit.ts'
import { decode, encode, host, injectedSecret, otherHost, secret } from './secrets.ts'
import { type Asked, awsDown, awsWorld, newExpiryMs, resultOf, review } from './world.ts'

const teamHost = '444455556666.dkr.ecr.us-east-1.amazonaws.com'
const govHost = '444455556666.dkr.ecr.us-gov-west-1.amazonaws.com'
const tenants: Tenant[] = [
  { name: 'default' },
  { name: 'team-a', registries: [teamHost], allowedRegistries: ['444455556666.dkr.ecr.*.amazonaws.com', host] },
  { name: 'team-b' },
]
const names = tenants.map(({ name }) => name)
const ticketOf = (tenant: string) => encode(`ticket of ${tenant}`)

/** A world in which each tenant's answers tell whose they are. */
function ownWorld(more: Partial<AdmitWorld> = {}) {
  return awsWorld({
    tenants: new Map(tenants.map(tenant => [tenant.name, tenant])),
    tickets: () => new Map(names.map(name => [name, [Buffer.from(ticketOf(name))]])),
    token: ({ tenant, scope }) => ({
      value: { username: 'AWS', password: `${tenant} in ${scopeId(scope)}`, expiresAtMs: newExpiryMs },
    }),
    ownRegistry: async tenant => `99998888777${names.indexOf(tenant)}.dkr.ecr.us-west-2.amazonaws.com`,
    ...more,
  }).world
}

/** The answer to a review that came on a tenant's path, with that tenant's ticket if no other is shown. */
async function answerFor(tenantName: string, { object, ...asked }: Asked & { object: ReturnType<typeof secret> }, world = ownWorld()) {
  const notes = { [annotations.attestation]: ticketOf(tenantName), ...object.metadata.annotations }
  const shown = { ...object, metadata: { ...object.metadata, annotations: notes } }
  const admission = await admit(review({ ...asked, object: shown }), { tenantName, leftMs: () => 9_000 }, world)
  const { response, becomes } = resultOf(shown, admission.reply)
  const { auths = {} } = JSON.parse(decode(becomes.data?.['.dockerconfigjson']) || '{}')
  const logins = Object.entries<{ password: string }>(auths).map(([host, { password }]) => [host, password])
  return { ...admission, response, becomes, logins }
}

const without = (object: ReturnType<typeof secret>) => ({ ...object, metadata: { ...object.metadata, annotations: {} } })

for (const tenant of names) {
  t.test(`a Secret of tenant ${tenant} gets the token of ${tenant}, and the log says so`, async t => {
    const { result, logins, record, becomes } = await answerFor(tenant, { object: secret() })
    t.strictSame([result, logins], ['injected', [[host, `${tenant} in us-east-1`]]])
    t.match(record, { tenant, why: 'created' })
    t.notOk(becomes.metadata.annotations?.[annotations.attestation])
  })

  t.test(`a Secret of tenant ${tenant} that shows another tenant's ticket is denied`, async t => {
    for (const other of names.filter(name => name !== tenant)) {
      const { result, response } = await answerFor(tenant, { object: secret({ notes: { [annotations.attestation]: ticketOf(other) } }) })
      t.equal(result, 'denied')
      t.match(response, { allowed: false, status: { message: new RegExp(`tenant ${tenant}\\b`) } })
      t.equal(response.patch, undefined)
    }
  })

  t.test(`while AWS refuses ${tenant}, its Secret keeps what it has, and no other tenant's token is taken`, async t => {
    const asked: string[] = []
    const token: AdmitWorld['token'] = ({ tenant }) => {
      asked.push(tenant)
      return Promise.reject(awsDown)
    }
    const notes = { [annotations.markedForUpdateAt]: 'now' }
    const { result } = await answerFor(tenant, { object: injectedSecret({ notes }), oldObject: injectedSecret() }, ownWorld({ token }))
    t.strictSame([result, asked], ['kept', [tenant]])
  })
}

t.test("a Secret without registries gets its tenant's, else those of its principal's own account", async t => {
  const hostsOf = async (tenant: string) => (await answerFor(tenant, { object: without(secret()) })).logins
  t.strictSame(await hostsOf('team-a'), [[teamHost, 'team-a in us-east-1']])
  t.strictSame(await hostsOf('default'), [['999988887770.dkr.ecr.us-west-2.amazonaws.com', 'default in us-west-2']])
  t.strictSame(await hostsOf('team-b'), [['999988887772.dkr.ecr.us-west-2.amazonaws.com', 'team-b in us-west-2']])
})

t.test("a tenant's allow-list holds for its own Secrets alone, and the denial names both", async t => {
  const object = secret({ notes: { [annotations.registries]: otherHost } })
  const { result, response } = await answerFor('team-a', { object })
  t.equal(result, 'denied')
  t.match(response.status, { message: new RegExp(`tenant team-a may not ask for: ${otherHost}.*444455556666`) })
  for (const tenant of ['default', 'team-b']) t.equal((await answerFor(tenant, { object })).result, 'injected', tenant)
})

t.test("a region counts if the Secret's own tenant can use it", async t => {
  const world = ownWorld({ isRegion: (tenant, region) => tenant === 'team-b' || region === 'us-east-1' })
  const object = secret({ notes: { [annotations.registries]: otherHost } })
  t.equal((await answerFor('team-b', { object }, world)).result, 'injected')
  const { result, response } = await answerFor('default', { object }, world)
  t.equal(result, 'denied')
  t.match(response.status, { message: /eu-west-1/ })
})

t.test("a registry must be in the partition of the Secret's own tenant", async t => {
  const world = ownWorld({
    partition: tenant => (tenant === 'team-b' ? 'aws-us-gov' : 'aws'),
    isRegion: () => true,
  })
  for (const [tenant, registry, wanted] of [
    ['team-b', govHost, 'injected'],
    ['team-b', host, 'denied'],
    ['default', govHost, 'denied'],
    ['default', host, 'injected'],
  ] as const) {
    const object = secret({ notes: { [annotations.registries]: registry } })
    t.equal((await answerFor(tenant, { object }, world)).result, wanted, `${registry} for ${tenant}`)
  }
})
