import { pull, type SetUp, token } from './set-up.ts'

const issuer = 'oidc.example/clusters/one'
const on = { partition: 'aws', region: 'us-east-1', account: '111122223333', repository: 'team-a/web' }

/** A cluster on premises, whose issuer is published for AWS. */
export const plainCluster: SetUp = {
  about: 'plain cluster',
  account: { partition: 'aws', account: '111122223333' },
  identities: {
    clusters: [{ issuer, namespace: 'ecr-anywhere', serviceAccount: 'ecr-anywhere-webhook', audience: 'sts.amazonaws.com' }],
  },
  permissions: {
    partition: 'aws',
    repositories: ['arn:aws:ecr:us-east-1:111122223333:repository/team-a/*', 'arn:aws:ecr:us-east-1:111122223333:repository/base'],
    pullThroughCache: true,
    public: true,
  },
  tokens: [
    {
      about: 'the token of the webhook',
      allowed: { iss: `https://${issuer}`, aud: 'sts.amazonaws.com', sub: 'system:serviceaccount:ecr-anywhere:ecr-anywhere-webhook' },
      denied: {
        'of another cluster': { iss: 'https://oidc.example/clusters/two' },
        'of an issuer with a slash at its end': { iss: `https://${issuer}/` },
        'for the API server': { aud: 'https://kubernetes.default.svc' },
        'of another service account': { sub: 'system:serviceaccount:ecr-anywhere:default' },
        'of another namespace': { sub: 'system:serviceaccount:team-a:ecr-anywhere-webhook' },
      },
    },
  ],
  accesses: [
    token(on),
    ...pull(on, 'team-b/web'),
    {
      about: 'ecr:BatchImportUpstreamImage, for a pull-through cache',
      allowed: { action: 'ecr:BatchImportUpstreamImage', ...on },
      denied: {
        'to another repository': { repository: 'docker-hub/web' },
        'to change the repository': { action: 'ecr:PutImageTagMutability' },
      },
    },
    {
      about: 'ecr:CreateRepository, for a pull-through cache',
      allowed: { action: 'ecr:CreateRepository', ...on },
      denied: { 'of another name': { repository: 'docker-hub/web' }, 'to delete it': { action: 'ecr:DeleteRepository' } },
    },
    {
      about: 'ecr-public:GetAuthorizationToken',
      allowed: { action: 'ecr-public:GetAuthorizationToken', partition: 'aws', region: 'us-east-1', account: '111122223333' },
      denied: { 'to change the policy of the private registry': { action: 'ecr:PutRegistryPolicy' } },
    },
    {
      about: 'sts:GetServiceBearerToken',
      allowed: { action: 'sts:GetServiceBearerToken', partition: 'aws', region: 'us-east-1', account: '111122223333' },
      denied: { 'for a session of its own': { action: 'sts:GetSessionToken' } },
    },
  ],
}
