import { google } from '../claims.ts'
import { pull, type SetUp, token } from './set-up.ts'

const uniqueId = '112233445566778899001'
const email = 'ecr-anywhere-gcp-sync@my-gcp-project-id.iam.gserviceaccount.com'
const audience = 'sts.amazonaws.com'
const on = { partition: 'aws', region: 'us-east-1', account: '123456789012', repository: 'mirrored/web' }
const other = { uniqueId: '998877665544332211009', email: 'other@my-gcp-project-id.iam.gserviceaccount.com' }

/** gcp-sync as a Cloud Run job, whose tokens are from the metadata server, and `export` on a laptop as the same account. */
export const cloudRun: SetUp = {
  about: 'Cloud Run',
  account: { partition: 'aws', account: '123456789012' },
  identities: { google: [{ uniqueId, email, audience }] },
  permissions: { partition: 'aws', repositories: ['arn:aws:ecr:us-east-1:123456789012:repository/mirrored/*'] },
  tokens: [
    {
      about: 'a token of the metadata server, whose azp is the unique ID',
      allowed: { iss: google, aud: audience, azp: uniqueId, sub: uniqueId },
      denied: {
        'for another audience': { aud: 'https://other.example' },
        'whose azp is another account': { azp: other.uniqueId },
        'of another account': { sub: other.uniqueId },
        'of another issuer': { iss: 'https://oidc.example' },
        'without azp, so that AWS takes the audience instead': { azp: undefined },
      },
    },
    {
      about: 'a token for a signed JWT, whose azp is the email address',
      allowed: { iss: google, aud: audience, azp: email, sub: uniqueId },
      denied: {
        'for another audience': { aud: 'https://other.example' },
        'whose azp is another account': { azp: other.email },
        'of an account that was given the address later': { sub: other.uniqueId },
      },
    },
  ],
  accesses: [token(on), ...pull(on, 'team-a/web')],
}
