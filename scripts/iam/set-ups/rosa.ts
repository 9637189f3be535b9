import { pull, type SetUp, token } from './set-up.ts'

const issuer = 'oidc.op1.openshiftapps.com/2k0c8r75om1ojie607vf4glkvbd4mo89'
const subject = 'system:serviceaccount:ecr-anywhere:ecr-anywhere-webhook'
const on = { partition: 'aws', region: 'us-east-1', account: '818140567777', repository: 'cf/web' }

/** Seed 002: a ROSA cluster and its role in one account, the registry in another. */
export const rosa: SetUp = {
  about: 'ROSA cross-account',
  account: { partition: 'aws', account: '606639739464' },
  identities: {
    clusters: [{ issuer, namespace: 'ecr-anywhere', serviceAccount: 'ecr-anywhere-webhook', audience: 'openshift' }],
  },
  permissions: { partition: 'aws', repositories: ['arn:aws:ecr:us-east-1:818140567777:repository/cf/*'] },
  tokens: [
    {
      about: 'the token of the webhook',
      allowed: { iss: `https://${issuer}`, aud: 'openshift', sub: subject },
      denied: {
        'of another cluster': { iss: 'https://oidc.op1.openshiftapps.com/2k0c8r75om1ojie607vf4glkvbd4mo80' },
        'for the audience of EKS': { aud: 'sts.amazonaws.com' },
        'of another namespace': { sub: 'system:serviceaccount:cf-dev:ecr-anywhere-webhook' },
      },
    },
  ],
  accesses: [token(on), ...pull(on, 'billing/web')],
}
