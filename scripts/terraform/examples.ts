import { setUps } from '../iam/set-ups/all.ts'
import type { Variables } from './configuration.ts'
import type { Places } from './without-providers.ts'

export type Example = keyof typeof setUps

const prod = '333344445555'
const staging = '444455556666'

/** The variables of each example, such that it is the set-up of the same name. */
export const exampleVariables: Record<Example, Variables> = {
  'plain-cluster': {
    issuer: 'oidc.example/clusters/one',
    repositories: setUps['plain-cluster'].permissions.repositories,
  },
  gke: {
    gcp_project: 'my-gcp-project-id',
    gcp_location: 'europe-west1',
    gke_cluster: 'prod',
    aws_registry: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
    repositories: setUps.gke.permissions.repositories,
  },
  'cloud-run': {
    gcp_project: 'my-gcp-project-id',
    gcp_location: 'europe-west1',
    image: `europe-west1-docker.pkg.dev/my-gcp-project-id/tools/ecr-anywhere@sha256:${'0'.repeat(64)}`,
    aws_registry: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
    repositories: setUps['cloud-run'].permissions.repositories,
  },
  'github-cloud-build': {
    gcp_service_account: 'builder@acme-inc-ci.iam.gserviceaccount.com',
    gcp_service_account_unique_id: '100000000000000000001',
    github: { owner: 'octo-org', owner_id: '65', repository: 'octo-repo', repository_id: '74' },
    repositories: setUps['github-cloud-build'].permissions.repositories,
    accounts: { ci: '222233334444', prod, staging },
    deployers: { prod: `arn:aws:iam::${prod}:role/deployer`, staging: `arn:aws:iam::${staging}:role/deployer` },
  },
  'rosa-cross-account': {
    oidc_endpoint: 'oidc.op1.openshiftapps.com/2k0c8r75om1ojie607vf4glkvbd4mo89',
    registry_account: '818140567777',
    repositories: ['cf/web', 'cf/api'],
    repository_patterns: ['cf/*'],
    registry_deployer: 'arn:aws:iam::818140567777:role/deployer',
  },
}

/** The account and region of each provider of an example. */
export function placesOf(example: Example): Places {
  const account_id = setUps[example].account.account
  const build = {
    default: { account_id, region: 'eu-north-1' },
    prod_0: { account_id: prod, region: 'eu-north-1' },
    prod_1: { account_id: prod, region: 'eu-west-1' },
    staging_0: { account_id: staging, region: 'eu-north-1' },
    staging_1: { account_id: staging, region: 'eu-west-1' },
  }
  const others = { default: { account_id, region: 'us-east-1' }, registry: { account_id: '818140567777', region: 'us-east-1' } }
  return example === 'github-cloud-build' ? build : others
}

/** The service account that the module gcp-sync would create in the example for Cloud Run. */
export const serviceAccount = {
  email: 'ecr-anywhere-gcp-sync@my-gcp-project-id.iam.gserviceaccount.com',
  unique_id: '112233445566778899001',
}
