/** The claims of a token of one issuer, which are all texts here. */
export interface Claims {
  /** With `https://`, as in the token. */
  iss: string
  sub: string
  aud: string
  azp?: string
  [claim: string]: string | undefined
}

export const google = 'https://accounts.google.com'

/** Claims of GitHub's for which AWS has keys. */
const githubClaims = ['repository_id', 'ref', 'environment', 'repository', 'actor', 'job_workflow_ref']

/**
 * The context keys that AWS derives from a token. Of Google's tokens, `aud` contains the claim `azp` and `oaud` the claim `aud`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 *
 * The simulator knows `aud` and `sub` only of `accounts.google.com`, so every issuer's are given that name.
 */
export function contextKeys(claims: Claims): Record<string, string> {
  const { iss, sub, aud, azp } = claims
  const isGoogle = iss === google
  const own = iss === 'https://token.actions.githubusercontent.com' ? githubClaims : []
  const keys = {
    'accounts.google.com:sub': sub,
    'accounts.google.com:aud': isGoogle ? (azp ?? aud) : aud,
    'accounts.google.com:oaud': isGoogle ? aud : undefined,
    ...Object.fromEntries(own.map(claim => [`${issuerOf(iss)}:${claim}`, claims[claim]])),
  }
  return Object.fromEntries(Object.entries(keys).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** The principal of a token's bearer. AWS has a provider for Google built in. */
export function providerOf(iss: string, { partition, account }: { partition: string; account: string }): string {
  return iss === google ? issuerOf(iss) : `arn:${partition}:iam::${account}:oidc-provider/${issuerOf(iss)}`
}

/** The policy with the names that the simulator knows. The keys of another issuer keep their name, so that no token satisfies them. */
export function simulatedName(policy: object, iss: string): object {
  if (iss === google) return policy
  const renamed = (_: string, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [simulatedKey(key, issuerOf(iss)), inner]))
      : value
  return JSON.parse(JSON.stringify(policy, renamed))
}

function simulatedKey(key: string, issuer: string): string {
  if (key.startsWith('accounts.google.com:')) return `not-of-this-token:${key}`
  return ['sub', 'aud'].some(claim => key === `${issuer}:${claim}`) ? key.replace(issuer, 'accounts.google.com') : key
}

function issuerOf(iss: string): string {
  return iss.replace(/^https:\/\//, '')
}
