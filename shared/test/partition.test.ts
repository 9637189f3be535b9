import t from 'tap'
import { isInPartition, ownRegistryHost, partitionNames, partitionOfArn, partitionOfRegion, regionFor } from '../src/partition.ts'
import { parseRegistry } from '../src/registry.ts'

const account = '123456789012'
const own: [partition: string, region: string, suffix: string][] = [
  ['aws', 'us-east-1', 'amazonaws.com'],
  ['aws-us-gov', 'us-gov-west-1', 'amazonaws.com'],
  ['aws-cn', 'cn-north-1', 'amazonaws.com.cn'],
  ['aws-eusc', 'eusc-de-east-1', 'amazonaws.eu'],
  ['aws-iso', 'us-iso-east-1', 'c2s.ic.gov'],
  ['aws-iso-b', 'us-isob-east-1', 'sc2s.sgov.gov'],
  ['aws-iso-e', 'eu-isoe-west-1', 'cloud.adc-e.uk'],
  ['aws-iso-f', 'us-isof-south-1', 'csp.hci.ic.gov'],
]

t.test('all partitions are named', async t => {
  t.strictSame(
    partitionNames,
    own.map(([partition]) => partition),
  )
})

for (const [partition, region, suffix] of own) {
  const host = `${account}.dkr.ecr.${region}.${suffix}`
  t.test(`the own registry of a principal of ${partition} is a valid host in that partition only`, async t => {
    t.equal(ownRegistryHost({ account, region, partition }), host)
    t.match(parseRegistry(host), { kind: 'private', account, region, fips: false, dualStack: false })
    t.equal(partitionOfRegion(region), partition)
    for (const [other] of own) t.equal(isInPartition(parseRegistry(host), other), other === partition, other)
  })

  t.test(`a role of ${partition} is assumed in a region of that partition`, async t => {
    const arn = `arn:${partition}:iam::${account}:role/pull`
    t.equal(partitionOfArn(arn), partition)
    t.equal(regionFor(arn, region), region, 'the configured region is used if it is in the partition')
    t.equal(
      regionFor(arn, partition === 'aws' ? 'cn-north-1' : 'eu-west-1'),
      region,
      'otherwise the default region of the partition is used',
    )
  })
}

const hosts: [about: string, host: string, partition: string][] = [
  ['dual-stack', 'dkr-ecr.eu-west-1.on.aws', 'aws'],
  ['FIPS', 'dkr.ecr-fips.us-east-2.amazonaws.com', 'aws'],
  ['GovCloud dual-stack FIPS', 'dkr-ecr-fips.us-gov-east-1.on.aws', 'aws-us-gov'],
  ['China dual-stack', 'dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn', 'aws-cn'],
  ['an unknown region', 'dkr.ecr.mx-north-9.amazonaws.com', 'aws'],
]

for (const [about, rest, partition] of hosts) {
  t.test(`${about} is only in ${partition}`, async t => {
    for (const [other] of own) t.equal(isInPartition(parseRegistry(`${account}.${rest}`), other), other === partition, other)
  })
}

const nowhere = [
  'dkr.ecr.cn-north-1.amazonaws.com',
  'dkr.ecr.us-east-1.amazonaws.com.cn',
  'dkr.ecr.us-gov-west-1.amazonaws.eu',
  'dkr-ecr.cn-north-1.on.aws',
  'dkr-ecr.us-east-1.on.amazonwebservices.com.cn',
  'dkr-ecr.eusc-de-east-1.on.aws',
]

t.test('a host with the region of one partition and the suffix of another is in no partition', async t => {
  for (const rest of nowhere) {
    for (const [partition] of own) t.notOk(isInPartition(parseRegistry(`${account}.${rest}`), partition), `${rest} in ${partition}`)
  }
})

t.test('ECR Public is only in aws', async t => {
  for (const host of ['public.ecr.aws', 'ecr-public.aws.com']) {
    for (const [partition] of own) t.equal(isInPartition(parseRegistry(host), partition), partition === 'aws', partition)
  }
})

t.test('every host may be in a partition that is not listed', async t => {
  t.ok(isInPartition(parseRegistry(`${account}.dkr.ecr.us-east-1.amazonaws.com`), 'aws-new'))
  t.ok(isInPartition(parseRegistry('public.ecr.aws'), 'aws-new'))
})

/** For each partition, a region other than its default region. */
const otherRegions: [partition: string, region: string][] = [
  ['aws', 'eu-central-1'],
  ['aws-us-gov', 'us-gov-east-1'],
  ['aws-cn', 'cn-northwest-1'],
  ['aws-eusc', 'eusc-de-west-1'],
  ['aws-iso', 'us-iso-west-1'],
  ['aws-iso-b', 'us-isob-west-1'],
  ['aws-iso-e', 'eu-isoe-east-1'],
  ['aws-iso-f', 'us-isof-east-1'],
]

for (const [partition, region] of otherRegions) {
  t.test(`with region ${region}, STS is called there for roles of ${partition}, and in the default region of other partitions`, async t => {
    for (const [other, always] of own) {
      t.equal(regionFor(`arn:${other}:iam::${account}:role/pull`, region), other === partition ? region : always, other)
    }
  })

  t.test(`a region is in ${partition} only if its name begins like ${region}`, async t => {
    t.equal(partitionOfRegion(region), partition)
    t.equal(partitionOfRegion(`ap-${region}`), 'aws')
  })
}

t.test('in a partition that is not listed, the own registry has the commercial suffix', async t => {
  const host = ownRegistryHost({ account, region: 'mars-1', partition: 'aws-mars' })
  t.equal(host, `${account}.dkr.ecr.mars-1.amazonaws.com`)
})

t.test('other texts than ARNs have no partition, and without a role the region does not change', async t => {
  for (const text of [undefined, '', 'pull', 'arn:', 'arn:other:iam::1:role/x', 'x arn:aws:iam::1:role/x'])
    t.equal(partitionOfArn(text), undefined)
  t.equal(regionFor(undefined, 'eu-west-1'), 'eu-west-1')
  t.equal(regionFor('arn:aws-new:iam::123456789012:role/pull', 'eu-west-1'), 'eu-west-1')
})
