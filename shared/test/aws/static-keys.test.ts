import t from 'tap'
import { asking, emulatorFor, keys, roleArn, session, user } from './asking.ts'

t.jobs = 4

t.test('the identity can be keys in the environment', async t => {
  const emulator = await emulatorFor(t)
  t.match(await asking(t, emulator, keys)(), { region: 'us-east-1', hours: [12], principal: user.arn, fault: undefined, leaks: 0 })
  t.strictSame(emulator.calls().counts, { 'ecr.GetAuthorizationToken.us-east-1': 1, 'sts.GetCallerIdentity.us-east-1': 1 })
})

t.test('with AWS_ROLE_ARN and no token file, the role is assumed with the keys once for all regions', async t => {
  const emulator = await emulatorFor(t)
  const hosts = ['us-east-1', 'eu-west-1', 'ap-south-1'].map(region => `123456789012.dkr.ecr.${region}.amazonaws.com`)
  const answer = await asking(t, emulator, { ...keys, AWS_ROLE_ARN: roleArn, CLUSTER_NAME: 'prod' })({
    hosts: [...hosts, 'public.ecr.aws'],
  })
  t.match(
    answer,
    { principal: session('prod@default'), hours: [12, 12, 12, 1], leaks: 0 },
    'a public token expires with the session of the role',
  )
  t.strictSame(emulator.calls().counts, {
    'sts.AssumeRole.us-east-1': 1,
    'ecr.GetAuthorizationToken.us-east-1': 1,
    'ecr.GetAuthorizationToken.eu-west-1': 1,
    'ecr.GetAuthorizationToken.ap-south-1': 1,
    'ecr-public.GetAuthorizationToken.us-east-1': 1,
    'sts.GetCallerIdentity.us-east-1': 1,
  })
})

t.test('AWS_ROLE_SESSION_NAME names the session', async t => {
  const env = { ...keys, AWS_ROLE_ARN: roleArn, AWS_ROLE_SESSION_NAME: 'mine' }
  t.match(await asking(t, await emulatorFor(t), env)(), { principal: session('mine') })
})

t.test('the error for a wrong key says so and does not contain the key', async t => {
  const env = { ...keys, AWS_SECRET_ACCESS_KEY: 'another-secret-of-a-test' }
  const { fault, leaks } = await asking(t, await emulatorFor(t), env)()
  t.match(fault, { kind: 'transient', code: 'InvalidSignatureException', sentence: /Check the webhook's AWS credentials and .* clock/ })
  t.equal(leaks, 0)
})

t.test('the error for a missing identity lists the possible identities', async t => {
  const { fault } = await asking(t, await emulatorFor(t))()
  t.match(fault, {
    kind: 'transient',
    code: 'CredentialsProviderError',
    sentence:
      "found CredentialsProviderError from looking for the webhook's AWS identity in us-east-1 for tenant default; wanted an answer. " +
      'Give the webhook an AWS identity: a web identity token file, a credentials Secret, or a role of the machine.',
  })
})
