import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { AssumeRoleCommand, GetCallerIdentityCommand, GetScopedCredentialsCommand } from '@aws-sdk/client-sts'
import t from 'tap'
import { account, clients, emulatorFor, refusal } from './world.ts'

const RoleArn = `arn:aws:iam::${account}:role/pull`
const allow = (Action: string | string[], Resource: string | string[] = '*') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] })

t.test('a session has only what its policy allows, and its size is reported', async t => {
  const emulator = await emulatorFor(t, { roles: [{ arn: RoleArn }] })
  const { sts } = clients(emulator)
  const assume = async (Policy: string) => {
    const { Credentials, PackedPolicySize } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test', Policy }))
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {}
    return {
      PackedPolicySize,
      ...clients(emulator, { as: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } }),
    }
  }
  const may = await assume(allow('ecr:Get*'))
  t.ok(may.PackedPolicySize)
  await t.resolves(may.ecr.send(new GetAuthorizationTokenCommand({})))
  const mayNot = await assume(allow('ecr:BatchGetImage'))
  await t.rejects(mayNot.ecr.send(new GetAuthorizationTokenCommand({})), refusal('AccessDeniedException'))
})

t.test('scoped credentials have the same identity and the intersection of all policies', async t => {
  const emulator = await emulatorFor(t, { roles: [{ arn: RoleArn }] })
  const { sts } = clients(emulator)
  const first = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test', Policy: allow('ecr:BatchGetImage') }))
  const as = (credentials: typeof first.Credentials) => ({
    accessKeyId: credentials?.AccessKeyId ?? '',
    secretAccessKey: credentials?.SecretAccessKey ?? '',
    sessionToken: credentials?.SessionToken ?? '',
  })
  const session = clients(emulator, { as: as(first.Credentials) })
  const { Credentials, SessionInfo } = await session.sts.send(new GetScopedCredentialsCommand({ Policy: allow('ecr:*') }))
  const scoped = clients(emulator, { as: as(Credentials) })
  const { Arn } = await scoped.sts.send(new GetCallerIdentityCommand({}))
  t.equal(Arn, SessionInfo?.Arn)
  await t.rejects(scoped.ecr.send(new GetAuthorizationTokenCommand({})), refusal('AccessDeniedException'))
  t.same(Credentials?.Expiration, first.Credentials?.Expiration)
})

t.test('scoped credentials are not available to users', async t => {
  const { sts } = clients(await emulatorFor(t))
  await t.rejects(sts.send(new GetScopedCredentialsCommand({ Policy: allow('ecr:*') })), refusal('AccessDenied'))
})

for (const [about, Policy, name] of [
  ['that is no JSON', '{', 'MalformedPolicyDocument'],
  ['of another version', '{"Version": "2008-10-17", "Statement": []}', 'MalformedPolicyDocument'],
  ['without actions', '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"}]}', 'MalformedPolicyDocument'],
  ['that is too long', allow('ecr:*', 'r'.repeat(2048)), 'ValidationError'],
] as const) {
  t.test(`a policy ${about} is refused`, async t => {
    const { sts } = clients(await emulatorFor(t, { roles: [{ arn: RoleArn }] }))
    const error = name === 'MalformedPolicyDocument' ? refusal('MalformedPolicyDocument(Exception)?') : refusal(name)
    await t.rejects(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test', Policy })), error)
  })
}
