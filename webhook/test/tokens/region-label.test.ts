import { parseRegistry } from '@ecr-anywhere/shared/registry.ts'
import { scopeOf } from '@ecr-anywhere/shared/scope.ts'
import t from 'tap'
import { regionLabel } from '../../src/tokens/region-label.ts'

const cases: [host: string, label: string][] = [
  ['111122223333.dkr.ecr.us-east-1.amazonaws.com', 'us-east-1'],
  ['111122223333.dkr.ecr-fips.us-east-1.amazonaws.com', 'us-east-1/fips'],
  ['111122223333.dkr-ecr-fips.us-east-1.on.aws', 'us-east-1/fips/dual-stack'],
  ['111122223333.dkr.ecr.mars-north-1.amazonaws.com', 'other'],
  ['111122223333.dkr.ecr-fips.mars-north-1.amazonaws.com', 'other/fips'],
  ['111122223333.dkr.ecr.public.amazonaws.com', 'other'],
  ['public.ecr.aws', 'public'],
]

for (const [host, label] of cases) {
  t.test(`the region label of ${host} in metrics is ${label}`, async t => {
    t.equal(
      regionLabel(scopeOf(parseRegistry(host)), region => region === 'us-east-1'),
      label,
    )
  })
}
