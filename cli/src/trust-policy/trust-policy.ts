import { type AzureIdentity, azureTrust } from './azure-trust.ts'
import { type ClusterIdentity, clusterTrust } from './cluster-trust.ts'
import { type GithubIdentity, githubTrust } from './github-trust.ts'
import { type GitlabIdentity, gitlabTrust } from './gitlab-trust.ts'
import { type GoogleIdentity, googleTrust } from './google-trust.ts'
import type { Account } from './input-problems.ts'
import { type Policy, policyOf } from './policy.ts'
import { sized } from './policy-size.ts'
import { refuse } from './refuse.ts'

/** Who may assume a role. Each list has one item for each identity. */
export interface Identities {
  clusters?: readonly ClusterIdentity[]
  google?: readonly GoogleIdentity[]
  github?: readonly GithubIdentity[]
  gitlab?: readonly GitlabIdentity[]
  azure?: readonly AzureIdentity[]
}

/**
 * The trust policy of a role that each of these identities may assume. `deploy/terraform/policies/trust` renders the same policy.
 *
 * @param account the account of the role
 * @throws Fault `settings` if there is no identity, if a value is invalid, or if the policy is larger than AWS accepts
 */
export function trustPolicy(account: Account, { clusters = [], google = [], github = [], gitlab = [], azure = [] }: Identities): Policy {
  const statements = [
    ...clusters.map(identity => clusterTrust(account, identity)),
    ...google.map(googleTrust),
    ...github.map(identity => githubTrust(account, identity)),
    ...gitlab.map(identity => gitlabTrust(account, identity)),
    ...azure.map(identity => azureTrust(account, identity)),
  ]
  refuse(statements.length === 0 ? ['identities: found none, wanted at least one of clusters, google, github, gitlab, azure'] : [])
  return sized(policyOf(statements), 'trust')
}
