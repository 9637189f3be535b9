import t from 'tap'
import { azureTrust } from '../../src/trust-policy/azure-trust.ts'
import { clusterTrust } from '../../src/trust-policy/cluster-trust.ts'
import { githubTrust } from '../../src/trust-policy/github-trust.ts'
import { gitlabTrust } from '../../src/trust-policy/gitlab-trust.ts'
import { googleTrust } from '../../src/trust-policy/google-trust.ts'
import { permissions } from '../../src/trust-policy/permissions.ts'
import { repositoryPolicy } from '../../src/trust-policy/repository-policy.ts'
import { rolesAnywhereTrust } from '../../src/trust-policy/roles-anywhere-trust.ts'
import { trustPolicy } from '../../src/trust-policy/trust-policy.ts'

const account = { partition: 'aws', account: '111122223333' }
const cluster = { issuer: 'oidc.example', namespace: 'ecr-anywhere', serviceAccount: 'webhook', audience: 'sts.amazonaws.com' }
const google = { uniqueId: '112233445566778899001', email: 'a@p.iam.gserviceaccount.com', audience: 'sts.amazonaws.com' }
const github = { owner: 'o', ownerId: '1', repository: 'r', repositoryId: '2', audience: 'sts.amazonaws.com' }
const gitlab = { issuer: 'gitlab.com', project: 'group/project', audience: 'https://gitlab.com' }
const uuid = '00000000-1111-2222-3333-444444444444'
const azure = { tenantId: uuid, objectId: uuid, audience: 'api://ecr-anywhere' }
const anchor = `arn:aws:rolesanywhere:us-east-1:111122223333:trust-anchor/${uuid}`
const arn = 'arn:aws:ecr:us-east-1:111122223333:repository/team-a/*'
const role = 'arn:aws:iam::444455556666:role/pull'

const many = (count: number) => Array.from({ length: count }, (_, at) => `arn:aws:ecr:us-east-1:111122223333:repository/team-${at}/*`)

const refused: [about: string, render: () => unknown, message: RegExp][] = [
  [
    'an issuer with https://',
    () => clusterTrust(account, { ...cluster, issuer: 'https://oidc.example' }),
    /^found a faulty setting, issuer: found "https:\/\/oidc.example", wanted the `iss` claim of its tokens without https:\/\//,
  ],
  ['an issuer with a question mark', () => gitlabTrust(account, { ...gitlab, issuer: 'gitlab.com?a' }), /issuer: found "gitlab.com\?a"/],
  [
    'an account with hyphens',
    () => clusterTrust({ ...account, account: '1111-2222-3333' }, cluster),
    /account: found "1111-2222-3333", wanted the 12 digits/,
  ],
  [
    'an unknown partition',
    () => azureTrust({ ...account, partition: 'aws-china' }, azure),
    /partition: found "aws-china", wanted one of aws, aws-cn,/,
  ],
  [
    'a pattern of namespaces',
    () => clusterTrust(account, { ...cluster, namespace: 'team-*' }),
    /namespace: found "team-\*", wanted the name of one namespace/,
  ],
  ['a pattern of service accounts', () => clusterTrust(account, { ...cluster, serviceAccount: '*' }), /serviceAccount: found "\*"/],
  [
    'a policy variable as audience',
    () => googleTrust({ ...google, audience: ['$', '{aws:username}'].join('') }),
    /audience: found "\$\{aws:username\}", wanted a text without/,
  ],
  ['an email address as unique ID', () => googleTrust({ ...google, uniqueId: google.email }), /uniqueId: found "a@p.iam/],
  [
    'a unique ID as email address',
    () => googleTrust({ ...google, email: google.uniqueId }),
    /email: found "112233445566778899001", wanted the email address/,
  ],
  [
    'a repository of GitHub with its owner',
    () => githubTrust(account, { ...github, repository: 'o/r' }),
    /repository: found "o\/r", wanted one name/,
  ],
  [
    'a name as ID of a repository',
    () => githubTrust(account, { ...github, repositoryId: 'r' }),
    /repositoryId: found "r", wanted a number/,
  ],
  [
    'a branch instead of a reference',
    () => githubTrust(account, { ...github, ref: 'main' }),
    /ref: found "main", wanted a full Git reference/,
  ],
  ['an environment with a colon', () => githubTrust(account, { ...github, environment: 'prod:*' }), /environment: found "prod:\*"/],
  ['a project of GitLab without its group', () => gitlabTrust(account, { ...gitlab, project: 'project' }), /project: found "project"/],
  ['a pattern of branches', () => gitlabTrust(account, { ...gitlab, branch: 'release-*' }), /branch: found "release-\*"/],
  [
    'a name as tenant of Azure',
    () => azureTrust(account, { ...azure, tenantId: 'contoso' }),
    /tenantId: found "contoso", wanted the ID of the tenant as a UUID/,
  ],
  [
    'a pattern of common names',
    () => rolesAnywhereTrust(account, { trustAnchorArn: anchor, commonName: '*' }),
    /commonName: found "\*", wanted a text without/,
  ],
  [
    'a trust anchor of any name',
    () => rolesAnywhereTrust(account, { trustAnchorArn: anchor.replace(uuid, '*'), commonName: 'webhook' }),
    /trustAnchorArn: found "arn:.*\*", wanted the ARN of a trust anchor/,
  ],
  [
    'a trust anchor of another account',
    () => rolesAnywhereTrust({ ...account, account: '444455556666' }, { trustAnchorArn: anchor, commonName: 'webhook' }),
    /trustAnchorArn: found arn:.*, wanted a trust anchor in the account 444455556666 of the partition aws/,
  ],
  ['no identity', () => trustPolicy(account, {}), /identities: found none, wanted at least one/],
  [
    'an empty list of repositories',
    () => permissions({ partition: 'aws', repositories: [] }),
    /repositories: found an empty list, wanted at least one item/,
  ],
  [
    'a host as repository',
    () => permissions({ partition: 'aws', repositories: ['111122223333.dkr.ecr.us-east-1.amazonaws.com'] }),
    /repositories\[0\]: found "111122223333.dkr/,
  ],
  [
    'a repository of another partition',
    () => permissions({ partition: 'aws', repositories: [arn.replace('aws', 'aws-cn')] }),
    /repositories\[0\]: found arn:aws-cn:\S+ in the partition aws-cn, wanted the partition aws of the role/,
  ],
  [
    'a region of another partition',
    () => permissions({ partition: 'aws', repositories: [arn.replace('us-east-1', 'cn-north-1')] }),
    /the region cn-north-1 of the partition aws-cn/,
  ],
  [
    'ECR Public in China',
    () =>
      permissions({ partition: 'aws-cn', repositories: [arn.replace('aws', 'aws-cn').replace('us-east-1', 'cn-north-1')], public: true }),
    /public: found true in the partition aws-cn/,
  ],
  ['no principal of a repository', () => repositoryPolicy({ partition: 'aws', principals: [] }), /principals: found an empty list/],
  [
    'everybody as principal',
    () => repositoryPolicy({ partition: 'aws', principals: ['*'] }),
    /principals\[0\]: found "\*", wanted the ARN of a role/,
  ],
  [
    'a role of another partition',
    () => repositoryPolicy({ partition: 'aws', principals: [role.replace('aws', 'aws-us-gov')] }),
    /principals\[0\]: found arn:aws-us-gov:\S+ in another partition/,
  ],
  [
    'a trust policy over its size',
    () => trustPolicy(account, { clusters: Array.from({ length: 20 }, () => cluster) }),
    /the trust policy: found \d+ characters, wanted at most 2048/,
  ],
  [
    'permissions over their size',
    () => permissions({ partition: 'aws', repositories: many(120) }),
    /the managed policy: found \d+ characters, wanted at most 6144/,
  ],
  [
    'a session policy over its size',
    () => permissions({ partition: 'aws', repositories: many(40), use: 'session' }),
    /the session policy: found \d+ characters, wanted at most 2048/,
  ],
]

for (const [about, render, message] of refused) {
  t.test(`${about} is refused, and the message says what was found and what is wanted`, async t => {
    t.throws(render, { kind: 'settings', message })
  })
}

t.test('every invalid value of an identity is reported at once', async t => {
  t.throws(() => clusterTrust(account, { ...cluster, issuer: 'https://oidc.example', namespace: '*', audience: '' }), {
    message: /3 faulty settings: issuer, namespace, audience/,
  })
})
