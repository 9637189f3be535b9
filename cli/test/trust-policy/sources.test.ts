import { type Claims, google } from '@ecr-anywhere/scripts/iam/claims.ts'
import { trusts } from '@ecr-anywhere/scripts/iam/simulate.ts'
import { type Twins, twinCases } from '@ecr-anywhere/scripts/iam/twins.ts'
import t from 'tap'
import type { Policy } from '../../src/trust-policy/policy.ts'
import { type Identities, trustPolicy } from '../../src/trust-policy/trust-policy.ts'

const china = { partition: 'aws-cn', account: '111122223333' }
const [tenantId, objectId, other] = ['1', '2', '3'].map(digit => `${digit.repeat(8)}-1111-2222-3333-444444444444`) as [
  string,
  string,
  string,
]
const github = { owner: 'o', ownerId: '1', repository: 'r', repositoryId: '2', audience: 'sts.amazonaws.com' }

/** Identities that are in no example, in a partition that is in none either. */
const sources: [Identities, Twins<Claims>][] = [
  [
    { azure: [{ tenantId, objectId, audience: 'api://ecr-anywhere' }] },
    {
      about: 'a managed identity of Azure',
      allowed: { iss: `https://sts.windows.net/${tenantId}/`, aud: 'api://ecr-anywhere', sub: objectId },
      denied: {
        'of another tenant': { iss: `https://sts.windows.net/${other}/` },
        'of an issuer without the slash': { iss: `https://sts.windows.net/${tenantId}` },
        'for another application': { aud: 'api://AzureADTokenExchange' },
        'of another identity': { sub: other },
      },
    },
  ],
  [
    { gitlab: [{ issuer: 'gitlab.com', project: 'group/project', audience: 'https://gitlab.com', branch: 'main' }] },
    {
      about: 'a job on GitLab',
      allowed: { iss: 'https://gitlab.com', aud: 'https://gitlab.com', sub: 'project_path:group/project:ref_type:branch:ref:main' },
      denied: {
        'of a tag with the name': { sub: 'project_path:group/project:ref_type:tag:ref:main' },
        'of a project whose path begins like it': { sub: 'project_path:group/project-2:ref_type:branch:ref:main' },
        'of another instance': { iss: 'https://gitlab.example' },
        'for another audience': { aud: 'sts.amazonaws.com' },
      },
    },
  ],
  [
    { github: [{ ...github, environment: 'prod' }] },
    {
      about: 'a job on GitHub with an environment',
      allowed: {
        iss: 'https://token.actions.githubusercontent.com',
        aud: 'sts.amazonaws.com',
        sub: 'repo:o@1/r@2:environment:prod',
        repository_id: '2',
        environment: 'prod',
      },
      denied: {
        'of another environment': { environment: 'test' },
        'without an environment': { environment: undefined },
        'with a reference in its subject': { sub: 'repo:o@1/r@2:ref:refs/heads/prod' },
      },
    },
  ],
  [
    { github: [github] },
    {
      about: 'any job on GitHub of a repository',
      allowed: {
        iss: 'https://token.actions.githubusercontent.com',
        aud: 'sts.amazonaws.com',
        sub: 'repo:o/r:pull_request',
        repository_id: '2',
      },
      denied: { 'of another repository': { sub: 'repo:o/r2:pull_request' }, 'of a repository without ID': { repository_id: undefined } },
    },
  ],
]

for (const [identities, twins] of sources) {
  t.test(`${twins.about} may assume the role, and may not with another claim`, async t => {
    const policy = trustPolicy(china, identities)
    for (const { about, request, isAllowed } of twinCases(twins))
      t.equal(await trusts(policy, { ...china, claims: request }), isAllowed, about)
  })
}

t.test('a condition on the keys of an issuer that is not the principal is never true', async t => {
  const clusters = [{ issuer: 'oidc.example', namespace: 'n', serviceAccount: 's', audience: 'a' }]
  const policy = trustPolicy(china, { clusters })
  const claims = { iss: 'https://oidc.example', sub: 'system:serviceaccount:n:s', aud: 'a' }
  t.equal(await trusts(policy, { ...china, claims }), true)
  const wrong: Policy = JSON.parse(JSON.stringify(policy).replaceAll('oidc.example:', 'else.example:'))
  t.equal(await trusts(wrong, { ...china, claims }), false)
  const ofGoogle: Policy = JSON.parse(JSON.stringify(policy).replaceAll('oidc.example:', 'accounts.google.com:'))
  t.equal(await trusts(ofGoogle, { ...china, claims }), false)
  t.equal(await trusts(policy, { ...china, claims: { ...claims, iss: google } }), false)
})
