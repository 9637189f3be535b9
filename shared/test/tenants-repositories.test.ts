import t from 'tap'
import { maxSessionPolicyLength } from '../src/session-policy.ts'
import { policyOf, readTenants, type Tenant } from '../src/tenants.ts'

const publicTokens = /ecr-public:GetAuthorizationToken/
const tenantOf = (more: Partial<Tenant> = {}): Tenant => ({ name: 'a', repositories: ['team-a/*'], ...more })

t.test('a session policy allows tokens for ECR Public if the tenant may use ECR Public', async t => {
  t.match(policyOf(tenantOf(), 'aws'), publicTokens)
  t.match(policyOf(tenantOf({ allowedRegistries: ['public.ecr.aws'] }), 'aws'), publicTokens)
  t.notMatch(policyOf(tenantOf({ allowedRegistries: ['*.dkr.ecr.us-east-1.amazonaws.com'] }), 'aws'), publicTokens)
})

t.test('a session policy allows no tokens for ECR Public in another partition than aws', async t => {
  for (const partition of ['aws-cn', 'aws-us-gov']) t.notMatch(policyOf(tenantOf(), partition), publicTokens, partition)
})

t.test('one pattern of repositories instead of a list is rejected', async t => {
  t.throws(() => readTenants('tenants: [{name: a, repositories: team-a/*}]'), { message: /wanted a list of patterns of repository names/ })
})

/** Patterns whose policy has this length. */
function repositoriesOf(length: number, partition: string): string[] {
  const lengthOf = (repositories: string[]) => policyOf(tenantOf({ repositories }), partition)?.length ?? 0
  const repositories = Array.from({ length: 6 }, () => 'a'.repeat(240))
  return [...repositories, 'a'.repeat(1 + length - lengthOf([...repositories, 'a']))]
}

for (const [about, role, partition] of [
  ['the ambient identity, whose partition is assumed to be aws', {}, 'aws'],
  ['a role of aws-cn', { roleArn: 'arn:aws-cn:iam::111122223333:role/pull' }, 'aws-cn'],
] as const) {
  t.test(`the session policy of a tenant with ${about} may have 2048 characters, and no more`, async t => {
    const read = (length: number) =>
      readTenants(JSON.stringify({ tenants: [{ name: 'a', ...role, repositories: repositoriesOf(length, partition) }] }))
    t.equal(read(maxSessionPolicyLength).size, 2)
    t.throws(() => read(maxSessionPolicyLength + 1), { message: /found 7 repositories, whose session policy has 2049 characters/ })
  })
}
