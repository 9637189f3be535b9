import { type Account, accountProblems, type Form, formProblems, literalForm } from './input-problems.ts'
import { providerArn } from './issuer.ts'
import type { Statement } from './policy.ts'
import { refuse } from './refuse.ts'
import { webIdentity } from './web-identity.ts'

export interface AzureIdentity {
  tenantId: string
  /** The object ID of the managed identity (of its service principal), which is the claim `sub`. */
  objectId: string
  /** The application ID URI for which tokens are requested, such as `api://ecr-anywhere`. */
  audience: string
}

const uuid = (name: string): Form => ({
  pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  wanted: `the ${name} as a UUID in lower case`,
})

/**
 * Trusts a managed identity of Azure, whose tokens have the issuer of version 1, which ends with a slash. A pod on AKS has tokens of its
 * cluster's issuer instead: see `clusterTrust`. https://learn.microsoft.com/entra/identity-platform/access-tokens#token-formats
 *
 * @param account the account of the role
 * @throws Fault `settings` for every invalid value at once
 */
export function azureTrust(account: Account, identity: AzureIdentity): Statement {
  const { tenantId, objectId, audience } = identity
  refuse([
    ...accountProblems(account),
    ...formProblems('tenantId', tenantId, uuid('ID of the tenant')),
    ...formProblems('objectId', objectId, uuid('object ID of the identity')),
    ...formProblems('audience', audience, literalForm),
  ])
  const issuer = `sts.windows.net/${tenantId}/`
  return webIdentity({
    provider: providerArn(account, issuer),
    equals: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: objectId },
  })
}
