import { dnsLabel, dnsSubdomain } from '@ecr-anywhere/shared/name-patterns.ts'
import { type Account, accountProblems, type Form, formProblems, literalForm } from './input-problems.ts'
import { issuerProblems, providerArn } from './issuer.ts'
import type { Statement } from './policy.ts'
import { refuse } from './refuse.ts'
import { webIdentity } from './web-identity.ts'

export interface ClusterIdentity {
  /** The cluster's service account issuer, without `https://`. */
  issuer: string
  namespace: string
  serviceAccount: string
  /** The audience of the projected token: `sts.amazonaws.com`, and on OpenShift `openshift`. */
  audience: string
}

const namespaceForm: Form = { pattern: dnsLabel, wanted: 'the name of one namespace' }
const serviceAccountForm: Form = {
  pattern: dnsSubdomain,
  wanted: 'the name of one service account',
}

/**
 * Trusts one service account of a cluster: of EKS, GKE, AKS, ROSA, or of any other cluster with an OIDC issuer.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 *
 * @param account the account of the role
 * @throws Fault `settings` for every invalid value at once
 */
export function clusterTrust(account: Account, identity: ClusterIdentity): Statement {
  const { issuer, namespace, serviceAccount, audience } = identity
  refuse([
    ...accountProblems(account),
    ...issuerProblems(issuer),
    ...formProblems('namespace', namespace, namespaceForm),
    ...formProblems('serviceAccount', serviceAccount, serviceAccountForm),
    ...formProblems('audience', audience, literalForm),
  ])
  return webIdentity({
    provider: providerArn(account, issuer),
    equals: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}` },
  })
}
