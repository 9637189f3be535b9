import { annotations } from '@ecr-anywhere/shared/names.ts'
import { scopeId } from '@ecr-anywhere/shared/scope.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import t from 'tap'
import { type AdmitWorld, admit } from '../../src/admission/admit.ts'
import { decode, encode, host, injectedSecret, otherHost, secret } from './secrets.ts'
import { awsDown, awsWorld, newExpiryMs, resultOf, review, type TestRequest } from './world.ts'

const teamHost = '444455556666.dkr.ecr.us-east-1.amazonaws.com'
const govHost = '444455556666.dkr.ecr.us-gov-west-1.amazonaws.com'
const tenants: Tenant[] = [
  { name: 'default' },
  { name: 'team-a', registries: [teamHost], allowedRegistries: ['444455556666.dkr.ecr.*.amazonaws.com', host] },
  { name: 'team-b' },
]
const names = tenants.map(({ name }) => name)
const ticketOf = (tenant: string) => encode(`ticket of ${tenant}`)

/** A world in which the password of each token names its tenant. */
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

/** The answer to a review on a tenant's path, with the ticket of that tenant unless another is given. */
async function answerFor(
  tenantName: string,
  { object, ...asked }: TestRequest & { object: ReturnType<typeof secret> },
  world = ownWorld(),
) {
  const notes = { [annotations.attestation]: ticketOf(tenantName), ...object.metadata.annotations }
  const shown = { ...object, metadata: { ...object.metadata, annotations: notes } }
  const admission = await admit(review({ ...asked, object: shown }), { tenantName, leftMs: () => 9_000 }, world)
  const { response, patched } = resultOf(shown, admission.reply)
  const { auths = {} } = JSON.parse(decode(patched.data?.['.dockerconfigjson']) || '{}')
  const logins = Object.entries<{ password: string }>(auths).map(([host, { password }]) => [host, password])
  return { ...admission, response, patched, logins }
}

const without = (object: ReturnType<typeof secret>) => ({ ...object, metadata: { ...object.metadata, annotations: {} } })

for (const tenant of names) {
  t.test(`a Secret of tenant ${tenant} gets the token of ${tenant}, and the log names the tenant`, async t => {
    const { result, logins, record, patched } = await answerFor(tenant, { object: secret() })
    t.strictSame([result, logins], ['injected', [[host, `${tenant} in us-east-1`]]])
    t.match(record, { tenant, why: 'created' })
    t.notOk(patched.metadata.annotations?.[annotations.attestation])
  })

  t.test(`a Secret of tenant ${tenant} with the ticket of another tenant is denied`, async t => {
    for (const other of names.filter(name => name !== tenant)) {
      const { result, response } = await answerFor(tenant, { object: secret({ notes: { [annotations.attestation]: ticketOf(other) } }) })
      t.equal(result, 'denied')
      t.match(response, { allowed: false, status: { message: new RegExp(`tenant ${tenant}\\b`) } })
      t.equal(response.patch, undefined)
    }
  })

  t.test(`while AWS denies ${tenant} a token, its Secret keeps its credentials and gets no token of another tenant`, async t => {
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

t.test("a Secret without registries gets those of its tenant, or else the registry of the principal's account", async t => {
  const hostsOf = async (tenant: string) => (await answerFor(tenant, { object: without(secret()) })).logins
  t.strictSame(await hostsOf('team-a'), [[teamHost, 'team-a in us-east-1']])
  t.strictSame(await hostsOf('default'), [['999988887770.dkr.ecr.us-west-2.amazonaws.com', 'default in us-west-2']])
  t.strictSame(await hostsOf('team-b'), [['999988887772.dkr.ecr.us-west-2.amazonaws.com', 'team-b in us-west-2']])
})

t.test('the allow-list of a tenant applies only to its own Secrets, and a denial names the tenant and the list', async t => {
  const object = secret({ notes: { [annotations.registries]: otherHost } })
  const { result, response } = await answerFor('team-a', { object })
  t.equal(result, 'denied')
  t.match(response.status, { message: new RegExp(`tenant team-a may not ask for: ${otherHost}.*444455556666`) })
  for (const tenant of ['default', 'team-b']) t.equal((await answerFor(tenant, { object })).result, 'injected', tenant)
})

t.test('a region is valid if the tenant of the Secret can use it', async t => {
  const world = ownWorld({ isRegion: (tenant, region) => tenant === 'team-b' || region === 'us-east-1' })
  const object = secret({ notes: { [annotations.registries]: otherHost } })
  t.equal((await answerFor('team-b', { object }, world)).result, 'injected')
  const { result, response } = await answerFor('default', { object }, world)
  t.equal(result, 'denied')
  t.match(response.status, { message: /eu-west-1/ })
})

t.test('a registry must be in the partition of the tenant of the Secret', async t => {
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
