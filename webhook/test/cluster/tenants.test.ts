import { admissionsDuring } from '@ecr-anywhere/scripts/testbed/admissions.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry, startTestbed, user } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'

const roleOf = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`
const registryOf = (account: string) => `${account}.dkr.ecr.us-east-1.amazonaws.com`
const a = { account: '111122223333', role: roleOf('111122223333', 'pull-a'), externalId: 'for-a' }
const b = { account: '444455556666', role: roleOf('444455556666', 'pull-b'), externalId: 'for-b' }
const denied = roleOf('444455556666', 'not-allowed')

const cluster = await clusterFor(t)
const { kubectl } = cluster
const bed = await startTestbed({
  cluster,
  id: 'tenants',
  registered: { enabled: 'default', 'team-a': 'team-a', 'team-b': 'team-b', 'team-c': 'team-c' },
  emulator: {
    users: [{ ...user, mayRead: ['123456789012'] }],
    roles: [
      { arn: a.role, trust: [user.arn], externalId: a.externalId, mayRead: [a.account] },
      { arn: b.role, trust: [user.arn], externalId: b.externalId, mayRead: [b.account] },
      { arn: denied, trust: ['arn:aws:iam::444455556666:root'] },
    ],
  },
  tenants: `
tenants:
  - {name: team-a, roleArn: '${a.role}', externalId: ${a.externalId}, registries: [${registryOf(a.account)}]}
  - {name: team-b, roleArn: '${b.role}', externalId: ${b.externalId}, repositories: ['team-b/*']}
  - {name: team-c, roleArn: '${denied}'}
`,
})
const { emulator } = bed
t.teardown(bed.stop)
for (const value of ['enabled', 'team-a', 'team-b', 'team-c']) await bed.namespace(`tenants-${value}`, value)

const create = (namespace: string, name: string, hosts?: string) =>
  kubectl('create', '-f', '-', manifests(managedSecret({ namespace, name, annotations: hosts ? { [annotations.registries]: hosts } : {} })))
const stored = (namespace: string, name: string) => storedSecret(cluster, { namespace, name })

t.test('each tenant gets its own registries, which are those in the file or that of the account of its role', async t => {
  const cases = [
    ['enabled', 'default', ownRegistry],
    ['team-a', 'team-a', registryOf(a.account)],
    ['team-b', 'team-b', registryOf(b.account)],
  ] as const
  for (const [value, tenant, registry] of cases) {
    const counted = await admissionsDuring(bed.webhook, () => must(create(`tenants-${value}`, 'own')))
    t.same(counted, { [`${tenant} CREATE injected`]: 1 })
    const { logins, login } = await stored(`tenants-${value}`, 'own')
    t.same(Object.keys(logins), [registry])
    t.equal(await pullStatus(emulator, registry, login(registry)), 200)
  }
})

t.test('a role is assumed with the external ID and a session name that contains the cluster and the tenant', async t => {
  const { last } = emulator.calls()
  for (const { role, externalId, name } of [
    { ...a, name: 'team-a' },
    { ...b, name: 'team-b' },
  ]) {
    const [assumed, ...more] = last.filter(call => call.action === 'AssumeRole' && call.roleArn === role)
    t.match(assumed, { principal: user.arn, sessionName: `testbed@${name}`, externalId, region: 'us-east-1' })
    t.same(more, [], 'one AssumeRole call serves all requests')
    const principal = role.replace(':iam:', ':sts:').replace('role/', 'assumed-role/')
    const tokens = last.filter(call => call.action === 'GetAuthorizationToken' && call.principal === `${principal}/testbed@${name}`)
    t.equal(tokens.length, 1)
  }
})

t.test('the log states how much of the limit of AWS the session policy of a tenant takes', async t => {
  const lines = bed
    .webhook()
    .logs()
    .split('\n')
    .filter(line => line.includes('session policy: '))
  t.match(
    lines.map(line => JSON.parse(line)),
    [{ level: 'info', tenant: 'team-b', percent: Number, msg: 'session policy: percentage of the limit of AWS' }],
  )
  t.equal(lines.length, 1)
})

t.test('each tenant gets its own token for the same registry, and only the token of its owner works', async t => {
  const registry = registryOf(a.account)
  for (const value of ['enabled', 'team-a', 'team-b']) await must(create(`tenants-${value}`, 'same', registry))
  const secrets = await Promise.all(['enabled', 'team-a', 'team-b'].map(value => stored(`tenants-${value}`, 'same')))
  t.equal(new Set(secrets.map(({ logins }) => logins[registry])).size, 3)
  const statuses = await Promise.all(secrets.map(({ login }) => pullStatus(emulator, registry, login(registry))))
  t.same(statuses, [403, 200, 403])
})

t.test('if a role may not be assumed, the denial names it with tenant, code and remedy, and other tenants still work', async t => {
  const { code, stderr } = await create('tenants-team-c', 'refused', ownRegistry)
  t.equal(code, 1)
  t.match(stderr, /AccessDenied from sts:AssumeRole in us-east-1 for tenant team-c \(role arn:aws:iam::444455556666:role\/not-allowed\)/)
  t.match(stderr, /trust policy of arn:aws:iam::444455556666:role\/not-allowed/)
  await must(create('tenants-team-a', 'meanwhile'))
})

t.test('the label value of a namespace determines its tenant and thus its identity', async t => {
  const { status } = await fetch(`${bed.webhook().operationsUrl}/status`)
  t.equal(status, 200)
  const { tenants } = (await (await fetch(`${bed.webhook().operationsUrl}/status`)).json()) as { tenants: Record<string, object> }
  t.match(tenants, {
    default: { principal: user.arn },
    'team-a': { principal: 'arn:aws:sts::111122223333:assumed-role/pull-a/testbed@team-a' },
    'team-b': { principal: 'arn:aws:sts::444455556666:assumed-role/pull-b/testbed@team-b' },
    'team-c': { principal: null, error: 'AccessDenied' },
  })
})
