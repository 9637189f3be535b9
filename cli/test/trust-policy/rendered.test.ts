import t from 'tap'
import { azureTrust } from '../../src/trust-policy/azure-trust.ts'
import { githubTrust } from '../../src/trust-policy/github-trust.ts'
import { gitlabTrust } from '../../src/trust-policy/gitlab-trust.ts'
import { googleTrust } from '../../src/trust-policy/google-trust.ts'
import { gkeIssuer, issuerWarnings } from '../../src/trust-policy/issuer.ts'
import { permissions } from '../../src/trust-policy/permissions.ts'
import { readableText } from '../../src/trust-policy/policy.ts'
import { rolesAnywhereTrust } from '../../src/trust-policy/roles-anywhere-trust.ts'
import { trustPolicy } from '../../src/trust-policy/trust-policy.ts'

const account = { partition: 'aws', account: '111122223333' }
const issuer = gkeIssuer({ project: 'p', location: 'europe-west1', cluster: 'c' })
const github = { owner: 'o', ownerId: '1', repository: 'r', repositoryId: '2', audience: 'sts.amazonaws.com' }

t.test('the trust of a GKE service account is what the documentation of AWS shows', async t => {
  const clusters = [{ issuer, namespace: 'n', serviceAccount: 's', audience: 'sts.amazonaws.com' }]
  t.strictSame(JSON.parse(readableText(trustPolicy({ partition: 'aws-us-gov', account: '111122223333' }, { clusters }))), {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: {
          Federated:
            'arn:aws-us-gov:iam::111122223333:oidc-provider/container.googleapis.com/v1/projects/p/locations/europe-west1/clusters/c',
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: 'system:serviceaccount:n:s' } },
      },
    ],
  })
})

t.test('a Google service account is known by its unique ID and, as authorized party, by its address as well', async t => {
  const { Principal, Condition } = googleTrust({ uniqueId: '112233445566778899001', email: 'a@p.iam.gserviceaccount.com', audience: 'b' })
  t.strictSame(Principal, { Federated: 'accounts.google.com' })
  t.strictSame(Condition?.StringEquals, {
    'accounts.google.com:aud': ['112233445566778899001', 'a@p.iam.gserviceaccount.com'],
    'accounts.google.com:oaud': 'b',
    'accounts.google.com:sub': '112233445566778899001',
  })
})

t.test('the holder of a certificate is trusted for one common name and one trust anchor', async t => {
  const trustAnchorArn = 'arn:aws:rolesanywhere:us-east-1:111122223333:trust-anchor/00000000-1111-2222-3333-444444444444'
  t.strictSame(rolesAnywhereTrust(account, { trustAnchorArn, commonName: 'webhook' }), {
    Effect: 'Allow',
    Principal: { Service: 'rolesanywhere.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    Condition: {
      StringEquals: { 'aws:PrincipalTag/x509Subject/CN': 'webhook' },
      ArnEquals: { 'aws:SourceArn': trustAnchorArn },
    },
  })
})

const contexts: [about: string, identity: object, context: string][] = [
  ['any job', {}, '*'],
  ['a reference', { ref: 'refs/heads/main' }, 'ref:refs/heads/main'],
  ['an environment', { environment: 'prod' }, 'environment:prod'],
  ['a reference and an environment', { ref: 'refs/heads/main', environment: 'prod' }, 'environment:prod'],
]
for (const [about, identity, context] of contexts) {
  t.test(`${about} of a repository on GitHub: both forms of the subject, and the keys of AWS`, async t => {
    const { Condition } = githubTrust(account, { ...github, ...identity })
    t.strictSame(Condition?.StringLike, {
      'token.actions.githubusercontent.com:sub': [`repo:o/r:${context}`, `repo:o@1/r@2:${context}`],
    })
    const keys = Object.entries(identity).map(([claim, value]) => [`token.actions.githubusercontent.com:${claim}`, value])
    t.match(Condition?.StringEquals, { 'token.actions.githubusercontent.com:repository_id': '2', ...Object.fromEntries(keys) })
  })
}

t.test('GitLab and Azure have their claims in the subject', async t => {
  const gitlab = { issuer: 'gitlab.example', project: 'g/p', audience: 'https://gitlab.example' }
  t.strictSame(gitlabTrust(account, gitlab).Condition?.StringLike, { 'gitlab.example:sub': 'project_path:g/p:*' })
  t.strictSame(gitlabTrust(account, { ...gitlab, branch: 'main' }).Condition?.StringLike, {
    'gitlab.example:sub': 'project_path:g/p:ref_type:branch:ref:main',
  })
  const uuid = '00000000-1111-2222-3333-444444444444'
  const azure = azureTrust(account, { tenantId: uuid, objectId: uuid, audience: 'api://a' })
  t.strictSame(azure.Principal, { Federated: `arn:aws:iam::111122223333:oidc-provider/sts.windows.net/${uuid}/` })
})

t.test('a slash at the end of an issuer is a warning, unless its issuers have one', async t => {
  t.match(issuerWarnings('oidc.example/'), [/^The issuer "oidc.example\/" has a slash at its end/])
  for (const expected of ['oidc.example', 'westeurope.oic.prod-aks.azure.com/t/i/', 'sts.windows.net/t/'])
    t.strictSame(issuerWarnings(expected), [], expected)
})

t.test('without options, permissions are the four actions of a pull', async t => {
  const repositories = ['arn:aws-cn:ecr:*:111122223333:repository/*']
  t.strictSame(permissions({ partition: 'aws-cn', repositories }).Statement, [
    { Sid: 'Token', Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
    {
      Sid: 'Pull',
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: repositories,
    },
  ])
})
