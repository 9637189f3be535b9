import { azureTrust } from '@ecr-anywhere/cli/trust-policy/azure-trust.ts'
import { clusterTrust } from '@ecr-anywhere/cli/trust-policy/cluster-trust.ts'
import { githubTrust } from '@ecr-anywhere/cli/trust-policy/github-trust.ts'
import { googleTrust } from '@ecr-anywhere/cli/trust-policy/google-trust.ts'
import { gkeIssuer } from '@ecr-anywhere/cli/trust-policy/issuer.ts'
import { permissions } from '@ecr-anywhere/cli/trust-policy/permissions.ts'
import { type Policy, policyOf, readableText, type Statement } from '@ecr-anywhere/cli/trust-policy/policy.ts'
import { repositoryPolicy } from '@ecr-anywhere/cli/trust-policy/repository-policy.ts'
import { rolesAnywhereTrust } from '@ecr-anywhere/cli/trust-policy/roles-anywhere-trust.ts'
import { withSection } from './section.ts'

const partition = 'aws'
const account = { partition, account: '111122223333' }
const webhook = { namespace: 'ecr-anywhere', serviceAccount: 'ecr-anywhere-webhook', audience: 'sts.amazonaws.com' }
const repositories = ['arn:aws:ecr:us-east-1:111122223333:repository/team-a/*', 'arn:aws:ecr:us-east-1:111122223333:repository/base']

const trust = (statement: Statement): Policy => policyOf([statement])

/** The policies on the pages of `docs/identity`, by page and by the name of their section. The command renders all of them. */
export const identityPolicies: Record<string, Record<string, Policy>> = {
  'docs/identity/README.md': { permissions: permissions({ partition, repositories }) },
  'docs/identity/cluster-issuer.md': {
    trust: trust(clusterTrust(account, { ...webhook, issuer: 'oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF' })),
  },
  'docs/identity/private-issuer.md': { trust: trust(clusterTrust(account, { ...webhook, issuer: 'oidc.example.com/clusters/one' })) },
  'docs/identity/gke.md': {
    trust: trust(
      clusterTrust(account, { ...webhook, issuer: gkeIssuer({ project: 'my-project', location: 'europe-west1', cluster: 'prod' }) }),
    ),
  },
  'docs/identity/google.md': {
    trust: trust(
      googleTrust({
        uniqueId: '112233445566778899001',
        email: 'puller@my-project.iam.gserviceaccount.com',
        audience: 'https://aws.example.com',
      }),
    ),
  },
  'docs/identity/azure.md': {
    aks: trust(
      clusterTrust(account, {
        ...webhook,
        issuer: 'westeurope.oic.prod-aks.azure.com/c0ffee00-0000-0000-0000-000000000003/c0ffee00-0000-0000-0000-000000000004/',
      }),
    ),
    trust: trust(
      azureTrust(account, {
        tenantId: 'c0ffee00-0000-0000-0000-000000000003',
        objectId: 'c0ffee00-0000-0000-0000-000000000002',
        audience: 'api://aws',
      }),
    ),
  },
  'docs/identity/github.md': {
    trust: trust(
      githubTrust(account, {
        owner: 'octo',
        ownerId: '65',
        repository: 'app',
        repositoryId: '74',
        audience: 'sts.amazonaws.com',
        ref: 'refs/heads/main',
      }),
    ),
  },
  'docs/identity/roles-anywhere.md': {
    trust: trust(
      rolesAnywhereTrust(account, {
        trustAnchorArn: 'arn:aws:rolesanywhere:us-east-1:111122223333:trust-anchor/c0ffee00-0000-0000-0000-000000000005',
        commonName: 'ecr-anywhere-webhook',
      }),
    ),
  },
  'docs/identity/cross-account.md': {
    repository: repositoryPolicy({ partition, principals: ['arn:aws:iam::111122223333:role/ecr-pull'] }),
  },
}

/** A page with the policies that the command renders. */
export function withPolicies(page: string, text: string): string {
  return Object.entries(identityPolicies[page] ?? {}).reduce(
    (changed, [name, policy]) => withSection(changed, name, `\`\`\`json\n${readableText(policy)}\`\`\``),
    text,
  )
}
