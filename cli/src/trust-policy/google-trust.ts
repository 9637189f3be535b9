import { type Form, formProblems, literalForm } from './input-problems.ts'
import type { Statement } from './policy.ts'
import { refuse } from './refuse.ts'
import { webIdentity } from './web-identity.ts'

export interface GoogleIdentity {
  /** The unique ID of the service account: 21 digits, its claim `sub`. */
  uniqueId: string
  /** The email address of the service account. */
  email: string
  /** The audience for which tokens are requested: the claim `aud`. */
  audience: string
}

const uniqueIdForm: Form = { pattern: /^\d{15,30}$/, wanted: 'the unique ID of a service account, about 21 digits' }
const emailForm: Form = {
  pattern: /^[a-z0-9._-]+@[a-z0-9.-]+\.[a-z]+$/,
  wanted: 'the email address of a service account, such as NAME@PROJECT.iam.gserviceaccount.com',
}

/**
 * Trusts a Google service account. AWS knows this issuer, so there is no IAM OIDC provider for it. Its key `aud` contains the claim `azp`
 * and its key `oaud` the claim `aud`. In tokens of the metadata server `azp` is the unique ID, and in tokens that were exchanged for a
 * signed JWT it is the email address, so both are accepted. The unique ID as `sub` is what identifies the account: an address can be
 * given to another account later. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 *
 * @throws Fault `settings` for every invalid value at once
 */
export function googleTrust({ uniqueId, email, audience }: GoogleIdentity): Statement {
  refuse([
    ...formProblems('uniqueId', uniqueId, uniqueIdForm),
    ...formProblems('email', email, emailForm),
    ...formProblems('audience', audience, literalForm),
  ])
  return webIdentity({
    provider: 'accounts.google.com',
    equals: {
      'accounts.google.com:aud': [uniqueId, email],
      'accounts.google.com:oaud': audience,
      'accounts.google.com:sub': uniqueId,
    },
  })
}
