import { scopeId } from '@ecr-anywhere/shared/scope.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import t from 'tap'
import { homeScopes } from '../../src/tokens/home-scopes.ts'

const host = (region: string, service = 'dkr.ecr', account = '111122223333') => `${account}.${service}.${region}.amazonaws.com`

const cases: [about: string, tenant: Pick<Tenant, 'registries' | 'allowedRegistries'>, region: string, scopes: string[]][] = [
  ['nothing', {}, 'us-east-1', ['us-east-1']],
  ['nothing, in China', {}, 'cn-north-1', ['cn-north-1']],
  ['registries elsewhere', { registries: [host('eu-west-1'), host('ap-south-1')] }, 'us-east-1', ['eu-west-1', 'ap-south-1']],
  [
    'registries of several accounts and kinds',
    { registries: [host('eu-west-1'), host('eu-west-1', 'dkr.ecr', '444455556666'), host('eu-west-1', 'dkr.ecr-fips'), 'public.ecr.aws'] },
    'us-east-1',
    ['eu-west-1', 'eu-west-1/fips', 'public'],
  ],
  ['the public registry', { registries: ['public.ecr.aws', 'ecr-public.aws.com'] }, 'us-east-1', ['public']],
  ['an allow-list with its region', { allowedRegistries: ['public.ecr.aws', host('us-east-1')] }, 'us-east-1', ['us-east-1']],
  ['an allow-list of all regions', { allowedRegistries: [host('*', 'dkr.ecr', '*')] }, 'us-east-1', ['us-east-1']],
  ['an allow-list of regions like its own', { allowedRegistries: [host('us-*')] }, 'us-east-1', ['us-east-1']],
  ['an allow-list of another region', { allowedRegistries: [host('eu-west-1')] }, 'us-east-1', ['eu-west-1']],
  ['an allow-list of ECR Public', { allowedRegistries: ['public.ecr.aws'] }, 'us-east-1', ['public']],
  ['an allow-list that contains no complete host', { allowedRegistries: [host('eu-*')] }, 'us-east-1', ['us-east-1']],
  [
    'an allow-list of one complete host and of patterns',
    { allowedRegistries: [host('eu-*'), host('ap-south-1')] },
    'us-east-1',
    ['ap-south-1'],
  ],
]

for (const [about, tenant, region, scopes] of cases) {
  t.test(`a tenant in ${region} with ${about} needs tokens for ${scopes.join(', ')}`, async t => {
    t.strictSame(homeScopes(tenant, region).map(scopeId), scopes)
  })
}
