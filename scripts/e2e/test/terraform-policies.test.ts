import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { permissions } from '@ecr-anywhere/cli/trust-policy/permissions.ts'
import { repositoryPolicy } from '@ecr-anywhere/cli/trust-policy/repository-policy.ts'
import { trustPolicy } from '@ecr-anywhere/cli/trust-policy/trust-policy.ts'
import { partitionNames } from '@ecr-anywhere/shared/partition.ts'
import t from 'tap'
import { type Access, resourceOf } from '../../iam/set-ups/set-up.ts'
import { permitsAcross } from '../../iam/simulate.ts'
import { twinCases } from '../../iam/twins.ts'
import { appliedModule, type Variables } from '../../terraform/configuration.ts'
import { terraformProgram } from '../../terraform/tofu.ts'

/** What the modules of deploy/terraform/policies render beyond the examples. */
const policies = fileURLToPath(new URL('../../../deploy/terraform/policies', import.meta.url))
const program = await terraformProgram()
const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-policies-'))
t.teardown(() => rm(work, { recursive: true }))

let count = 0
const rendered = async (module: string, variables: Variables) =>
  await appliedModule({ program, dir: join(work, String(count++)) }, join(policies, module), variables)
const policyOf = async (module: string, variables: Variables): Promise<object> =>
  JSON.parse(String((await rendered(module, variables)).outputs.policy))

const account_id = '111122223333'
const uuid = '00000000-1111-2222-3333-444444444444'
const repository = (partition: string) => `arn:${partition}:ecr:*:${account_id}:repository/team-a/*`

t.test('trust policies are those of the command, for every source and every option', async t => {
  const account = { partition: 'aws-cn', account: account_id }
  const github = { owner: 'o', repository: 'r', audience: 'a' }
  const of = {
    clusters: { issuer: 'i.example:8443/a', namespace: 'n', audience: 'a' },
    gitlab: { issuer: 'gitlab.example', project: 'g/p', audience: 'a' },
  }
  const variables = {
    partition: account.partition,
    account_id,
    clusters: [{ ...of.clusters, service_account: 's' }],
    github: [{}, { ref: 'refs/heads/a' }, { environment: 'e' }, { ref: 'refs/tags/a', environment: 'e' }].map(one => ({
      ...github,
      owner_id: '1',
      repository_id: '2',
      ...one,
    })),
    gitlab: [of.gitlab, { ...of.gitlab, branch: 'b' }],
    azure: [{ tenant_id: uuid, object_id: uuid, audience: 'api://a' }],
  }
  const identities = {
    clusters: [{ ...of.clusters, serviceAccount: 's' }],
    github: variables.github.map(({ owner_id, repository_id, ...one }) => ({ ...one, ownerId: owner_id, repositoryId: repository_id })),
    gitlab: variables.gitlab,
    azure: [{ tenantId: uuid, objectId: uuid, audience: 'api://a' }],
  }
  // Each half, because the whole is larger than a trust policy may be.
  for (const names of [['clusters', 'gitlab', 'azure'], ['github']] as const) {
    const some = <T extends object>(values: T) =>
      Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name as never)))
    const policy = await policyOf('trust', { partition: account.partition, account_id, ...some(variables) })
    t.strictSame(policy, trustPolicy(account, some(identities)), names.join(', '))
  }
})

t.test('a slash at the end of an issuer is a warning, and none for AKS', async t => {
  const trust = async (issuer: string) =>
    (await rendered('trust', { account_id, clusters: [{ issuer, namespace: 'n', service_account: 's' }] })).text
  t.match(await trust('oidc.example/'), /Warning.* found an issuer with a slash at its end/)
  t.notMatch(await trust('westeurope.oic.prod-aks.azure.com/t/i/'), /Warning/)
})

for (const partition of partitionNames) {
  t.test(`permissions and repository policies in ${partition} are those of the command`, async t => {
    const principals = [`arn:${partition}:iam::${account_id}:root`, `arn:${partition}:iam::${account_id}:role/a/b`]
    const options = { partition, repositories: [repository(partition)], push: true, public: partition === 'aws' }
    t.strictSame(
      await policyOf('permissions', { ...options, pull_through_cache: true }),
      permissions({ ...options, pullThroughCache: true }),
    )
    t.strictSame(await policyOf('repository', { partition, principals }), repositoryPolicy({ partition, principals }))
  })
}

t.test('the policy of a registry lets the account ci replicate, and nobody and nothing else', async t => {
  const policy = await policyOf('registry', {
    region: 'eu-west-1',
    account_id: '333344445555',
    source_account_ids: ['222233334444'],
    repository_prefixes: ['apps/'],
  })
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'ecr:*', Resource: '*' }] }
  const allowed: Access & { principal: string } = {
    action: 'ecr:ReplicateImage',
    partition: 'aws',
    region: 'eu-west-1',
    account: '333344445555',
    repository: 'apps/web',
    principal: 'arn:aws:iam::222233334444:role/replication',
  }
  const denied = {
    'from another account': { principal: 'arn:aws:iam::999999999999:role/replication' },
    'into another region': { region: 'eu-north-1' },
    'into another repository': { repository: 'base/web' },
    'to delete': { action: 'ecr:BatchDeleteImage' },
  }
  for (const { about, request, isAllowed } of [
    ...twinCases({ about: 'a replication', allowed, denied }),
    ...twinCases({ about: 'a new repository', allowed: { ...allowed, action: 'ecr:CreateRepository' }, denied }),
  ])
    t.equal(await permitsAcross(everything, policy, { ...request, resource: resourceOf(request) }), isAllowed, about)
})

t.test('the replication configuration is what ECR reads', async t => {
  const destinations = [
    { region: 'eu-north-1', account_id: '333344445555' },
    { region: 'eu-west-1', account_id: '333344445555' },
  ]
  const { outputs } = await rendered('replication', { region: 'eu-north-1', account_id, destinations, repository_prefixes: ['apps/'] })
  const to = destinations.map(({ region, account_id }) => ({ region, registryId: account_id }))
  const rules = [{ destinations: to, repositoryFilters: [{ filter: 'apps/', filterType: 'PREFIX_MATCH' }] }]
  t.strictSame(JSON.parse(String(outputs.configuration)), { rules })
})
