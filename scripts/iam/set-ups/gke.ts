import { gkeIssuer } from '@ecr-anywhere/cli/trust-policy/issuer.ts'
import { pull, type SetUp, token } from './set-up.ts'

const project = 'my-gcp-project-id'
const issuer = gkeIssuer({ project, location: 'europe-west1', cluster: 'prod' })
const on = { partition: 'aws', region: 'us-east-1', account: '123456789012', repository: 'team-a/web' }
const subject = (name: string) => `system:serviceaccount:ecr-anywhere:${name}`

/** A GKE cluster: the webhook, and gcp-sync in the same cluster. */
export const gke: SetUp = {
  about: 'GKE',
  account: { partition: 'aws', account: '123456789012' },
  identities: {
    clusters: ['ecr-anywhere-webhook', 'ecr-anywhere-gcp-sync'].map(serviceAccount => ({
      issuer,
      namespace: 'ecr-anywhere',
      serviceAccount,
      audience: 'sts.amazonaws.com',
    })),
  },
  permissions: { partition: 'aws', repositories: ['arn:aws:ecr:us-east-1:123456789012:repository/*'] },
  tokens: ['ecr-anywhere-webhook', 'ecr-anywhere-gcp-sync'].map(name => ({
    about: `the token of ${name}`,
    allowed: { iss: `https://${issuer}`, aud: 'sts.amazonaws.com', sub: subject(name) },
    denied: {
      'of another cluster of the project': { iss: `https://${gkeIssuer({ project, location: 'europe-west1', cluster: 'test' })}` },
      'of the same cluster name in another location': { iss: `https://${gkeIssuer({ project, location: 'us-east1', cluster: 'prod' })}` },
      'for the workload identity pool of Google': { aud: `${project}.svc.id.goog` },
      'of another service account': { sub: subject('default') },
    },
  })),
  accesses: [
    token(on),
    {
      about: 'ecr:BatchGetImage of any repository',
      allowed: { action: 'ecr:BatchGetImage', ...on },
      denied: { 'of another region': { region: 'eu-west-1' }, 'to push': { action: 'ecr:PutImage' } },
    },
    ...pull(on, 'team-b/web')
      .slice(1)
      .map(({ about, allowed }) => ({
        about,
        allowed,
        denied: { 'of another account': { account: '999999999999' } },
      })),
  ],
}
