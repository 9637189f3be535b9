import { type FaultName, faultNames } from '@ecr-anywhere/scripts/aws/faults.ts'
import t from 'tap'
import { asking, emulatorFor, jwt, keys, roleArn } from './asking.ts'

t.jobs = 4

/** Each fault has its own region, so that all can be active at once and one process can test them all. */
const regions = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eu-north-1',
  'eu-south-1',
  'sa-east-1',
]
const slow: FaultName[] = ['hang', 'latency', 'not-found']
const met = (Object.keys(faultNames) as FaultName[])
  .filter(fault => !slow.includes(fault))
  .map((fault, at) => ({ fault, region: regions[at] ?? '' }))

/** The error code of each fault, from ECR and from STS. */
const codes: Partial<Record<FaultName, [ecr: string, sts: string]>> = {
  throttling: ['ThrottlingException', 'Throttling'],
  'access-denied': ['AccessDeniedException', 'AccessDenied'],
  'expired-token': ['ExpiredTokenException', 'ExpiredToken'],
  'unknown-key': ['UnrecognizedClientException', 'InvalidClientTokenId'],
  'internal-failure': ['ServerException', 'InternalFailure'],
  unavailable: ['ServiceUnavailable', 'ServiceUnavailable'],
  cut: ['ECONNRESET', 'ECONNRESET'],
  malformed: ['MalformedResponse', 'MalformedResponse'],
  empty: ['MalformedResponse', 'MalformedResponse'],
  // The session is used and renewed each time, so the error is that of ECR.
  'already-expired': ['ExpiredOnArrival', 'ExpiredTokenException'],
}

for (const [at, api] of (['ecr', 'sts'] as const).entries()) {
  t.test(`every fault of ${api} has a code and a message with API, region, tenant and remedy, and without a secret`, async t => {
    const emulator = await emulatorFor(t)
    for (const { fault, region } of met) emulator.fault({ fault, api, region })
    const ask = asking(t, emulator, keys)
    for (const { fault, region } of met) {
      const hosts = [`123456789012.dkr.ecr.${api === 'ecr' ? region : 'ap-south-1'}.amazonaws.com`]
      const { fault: found, leaks } = await ask({
        tenant: { name: 'team-a', roleArn },
        hosts,
        region: api === 'sts' ? region : 'ap-south-1',
      })
      t.match(found, { kind: 'transient', code: codes[fault]?.[at] }, fault)
      t.match(found?.sentence, /^found [^\n]{10,400}; wanted [^\n]+\. [^\n]+[.?]$/, fault)
      t.match(found?.sentence, /tenant team-a/, fault)
      t.equal(leaks, 0, fault)
    }
  })
}

const token = jwt({ iss: 'https://oidc.example', sub: 'webhook', aud: 'sts.amazonaws.com' })
const google = { uniqueId: '123456789012345678901', email: 'webhook@project.iam.gserviceaccount.com' }
const services: [about: string, env: Record<string, string>][] = [
  ['the container endpoint', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'URL/v1/credentials', AWS_CONTAINER_AUTHORIZATION_TOKEN: token }],
  ['the instance metadata service', { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: 'URL' }],
  ["Google's metadata server", { GCE_METADATA_HOST: 'HOST', AWS_AUDIENCE: 'ecr-anywhere', AWS_ROLE_ARN: roleArn }],
]

for (const [about, env] of services) {
  t.test(`every failure of ${about} is a fault without a secret`, async t => {
    const emulator = await emulatorFor(t, { machine: { roleArn, google } })
    const { url } = emulator
    const filled = Object.entries(env).map(([key, value]) => [key, value.replace(/^URL/, url).replace(/^HOST$/, new URL(url).host)])
    const ask = asking(t, emulator, { ...Object.fromEntries(filled), SECRETS: token })
    for (const fault of ['not-found', 'internal-failure', 'malformed'] as const) {
      emulator.fault({ fault, api: 'metadata' })
      const { fault: found, leaks } = await ask()
      t.match(found, { kind: 'transient', code: /^\w+$/, sentence: /^found .+; wanted .+\. .+/ }, fault)
      t.equal(leaks, 0, fault)
      emulator.heal()
    }
    t.match(await ask(), { fault: undefined, hours: [12] })
  })
}
