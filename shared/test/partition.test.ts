import t from 'tap'
import { isInPartition, ownRegistryHost, partitionOfArn, partitionOfRegion, regionFor } from '../src/partition.ts'
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

for (const [partition, region, suffix] of own) {
  const host = `${account}.dkr.ecr.${region}.${suffix}`
  t.test(`the own registry of a principal of ${partition} is a host that we read, and in no other partition`, async t => {
    t.equal(ownRegistryHost({ account, region, partition }), host)
    t.match(parseRegistry(host), { kind: 'private', account, region, fips: false, dualStack: false })
    t.equal(partitionOfRegion(region), partition)
    for (const [other] of own) t.equal(isInPartition(parseRegistry(host), other), other === partition, other)
  })

  t.test(`a role of ${partition} is assumed in a region of it`, async t => {
    const arn = `arn:${partition}:iam::${account}:role/pull`
    t.equal(partitionOfArn(arn), partition)
    t.equal(regionFor(arn, region), region, "the install's, if it is one")
    t.equal(regionFor(arn, partition === 'aws' ? 'cn-north-1' : 'eu-west-1'), region, 'else one that is always there')
  })
}

const hosts: [about: string, host: string, partition: string][] = [
  ['dual-stack', 'dkr-ecr.eu-west-1.on.aws', 'aws'],
  ['FIPS', 'dkr.ecr-fips.us-east-2.amazonaws.com', 'aws'],
  ['GovCloud dual-stack FIPS', 'dkr-ecr-fips.us-gov-east-1.on.aws', 'aws-us-gov'],
  ['China dual-stack', 'dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn', 'aws-cn'],
  ['a region that is newer than this program', 'dkr.ecr.mx-north-9.amazonaws.com', 'aws'],
]

for (const [about, rest, partition] of hosts) {
  t.test(`${about} is in ${partition} alone`, async t => {
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

t.test("a host with one partition's region and another's suffix is in none", async t => {
  for (const rest of nowhere) {
    for (const [partition] of own) t.notOk(isInPartition(parseRegistry(`${account}.${rest}`), partition), `${rest} in ${partition}`)
  }
})

t.test('ECR Public is in aws alone', async t => {
  for (const host of ['public.ecr.aws', 'ecr-public.aws.com']) {
    for (const [partition] of own) t.equal(isInPartition(parseRegistry(host), partition), partition === 'aws', partition)
  }
})

t.test('of a partition that is not listed everything may be', async t => {
  t.ok(isInPartition(parseRegistry(`${account}.dkr.ecr.us-east-1.amazonaws.com`), 'aws-new'))
  t.ok(isInPartition(parseRegistry('public.ecr.aws'), 'aws-new'))
})

/** Of each partition another region than the one that is always there. */
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
  t.test(
    `an install in ${region} asks STS there for roles of ${partition} alone, and for others where their partition always has one`,
    async t => {
      for (const [other, always] of own) {
        t.equal(regionFor(`arn:${other}:iam::${account}:role/pull`, region), other === partition ? region : always, other)
      }
    },
  )

  t.test(`a region is in ${partition} if its name begins like ${region}, not if that stands elsewhere in it`, async t => {
    t.equal(partitionOfRegion(region), partition)
    t.equal(partitionOfRegion(`ap-${region}`), 'aws')
  })
}

t.test('of a partition that is not listed, the own registry has the commercial suffix', async t => {
  const host = ownRegistryHost({ account, region: 'mars-1', partition: 'aws-mars' })
  t.equal(host, `${account}.dkr.ecr.mars-1.amazonaws.com`)
})

t.test('what is no ARN names no partition, and no role leaves the region as it is', async t => {
  for (const text of [undefined, '', 'pull', 'arn:', 'arn:other:iam::1:role/x', 'x arn:aws:iam::1:role/x'])
    t.equal(partitionOfArn(text), undefined)
  t.equal(regionFor(undefined, 'eu-west-1'), 'eu-west-1')
  t.equal(regionFor('arn:aws-new:iam::123456789012:role/pull', 'eu-west-1'), 'eu-west-1')
})
