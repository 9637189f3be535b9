import t from 'tap'
import { parseRegistry } from '../src/registry.ts'

const account = '123456789012'

/** The host forms in the tests of the kubelet plugin of cloud-provider-aws and of amazon-ecr-credential-helper. */
const privateHosts: [about: string, rest: string, region: string, also?: { fips?: boolean; dualStack?: boolean }][] = [
  ['commercial', 'dkr.ecr.us-east-1.amazonaws.com', 'us-east-1'],
  ['an unknown region', 'dkr.ecr.lala-land-1.amazonaws.com', 'lala-land-1'],
  ['FIPS', 'dkr.ecr-fips.us-east-2.amazonaws.com', 'us-east-2', { fips: true }],
  ['dual-stack', 'dkr-ecr.us-west-2.on.aws', 'us-west-2', { dualStack: true }],
  ['dual-stack FIPS', 'dkr-ecr-fips.us-west-2.on.aws', 'us-west-2', { dualStack: true, fips: true }],
  ['GovCloud', 'dkr.ecr.us-gov-east-1.amazonaws.com', 'us-gov-east-1'],
  ['GovCloud FIPS', 'dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1', { fips: true }],
  ['GovCloud dual-stack', 'dkr-ecr.us-gov-east-1.on.aws', 'us-gov-east-1', { dualStack: true }],
  ['GovCloud dual-stack FIPS', 'dkr-ecr-fips.us-gov-east-1.on.aws', 'us-gov-east-1', { dualStack: true, fips: true }],
  ['China', 'dkr.ecr.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['China dual-stack', 'dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', 'cn-north-1', { dualStack: true }],
  ['EU sovereign', 'dkr.ecr.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
  ['ISO', 'dkr.ecr.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
  ['ISO-B', 'dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'us-isob-east-1'],
  ['ISO-E', 'dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk', 'eu-isoe-west-1'],
  ['ISO-F', 'dkr.ecr.us-isof-south-1.csp.hci.ic.gov', 'us-isof-south-1'],
]

for (const [about, rest, region, { fips = false, dualStack = false } = {}] of privateHosts) {
  t.test(`a private registry is read from its host: ${about}`, async t => {
    const host = `${account}.${rest}`
    t.strictSame(parseRegistry(host), { kind: 'private', host, account, region, fips, dualStack })
  })
}

for (const host of ['public.ecr.aws', 'ecr-public.aws.com']) {
  t.test(`${host} is the public registry`, async t => t.strictSame(parseRegistry(host), { kind: 'public', host }))
}
