import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts'
import t from 'tap'
import { account, clients, emulatorFor, jwt, refusal, user } from './world.ts'

const arn = `arn:aws:iam::${account}:role/team/ci`
const asked = { RoleArn: arn, RoleSessionName: 'build' }

t.test('GetCallerIdentity returns the user', async t => {
  const { sts } = clients(await emulatorFor(t))
  t.match(await sts.send(new GetCallerIdentityCommand({})), { Arn: user.arn, Account: account, UserId: /^AIDA[A-Z2-7]{17}$/ })
})

t.test('GetCallerIdentity returns the session of AssumeRole without the path of its role', async t => {
  const emulator = await emulatorFor(t, { roles: [{ arn }] })
  const { Credentials, AssumedRoleUser } = await clients(emulator).sts.send(new AssumeRoleCommand({ ...asked, DurationSeconds: 900 }))
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = Credentials ?? {}
  t.equal(AssumedRoleUser?.Arn, `arn:aws:sts::${account}:assumed-role/ci/build`)
  t.ok(Math.abs(Number(Expiration) - Date.now() - 900_000) < 30_000)
  const as = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
  const self = await clients(emulator, { as }).sts.send(new GetCallerIdentityCommand({}))
  t.match(self, { Arn: AssumedRoleUser?.Arn, UserId: AssumedRoleUser?.AssumedRoleId })
  const chained = clients(emulator, { as }).sts.send(new AssumeRoleCommand({ ...asked, DurationSeconds: 7200 }))
  await t.rejects(chained, refusal('ValidationError', { message: /role chaining/ }))
})

const tenant = { Tags: [{ Key: 'tenant', Value: 'a & b' }] }
const conditions: [about: string, role: object, input: Partial<AssumeRoleCommandInput>, allowed: boolean][] = [
  ['it trusts the caller', { trust: [user.arn] }, {}, true],
  ['it trusts the account of the caller', { trust: [`arn:aws:iam::${account}:root`] }, {}, true],
  ['it trusts another principal', { trust: [`arn:aws:iam::${account}:user/bob`] }, {}, false],
  ['the external ID is right', { externalId: 'x-1' }, { ExternalId: 'x-1' }, true],
  ['the external ID is wrong', { externalId: 'x-1' }, { ExternalId: 'x-2' }, false],
  ['the external ID is missing', { externalId: 'x-1' }, {}, false],
  ['the tag has the right value', { requireTags: { tenant: 'a & b' } }, tenant, true],
  ['the tag may have any value', { requireTags: { tenant: '*' } }, tenant, true],
  ['the tag has a wrong value', { requireTags: { tenant: 'c' } }, tenant, false],
  ['the tag is missing', { requireTags: { tenant: '*' } }, {}, false],
]

for (const [about, role, input, allowed] of conditions) {
  t.test(`a role ${allowed ? 'can' : 'cannot'} be assumed if ${about}`, async t => {
    const { sts } = clients(await emulatorFor(t, { roles: [{ arn, ...role }] }))
    const answer = sts.send(new AssumeRoleCommand({ ...asked, ...input }))
    await (allowed ? t.resolves(answer) : t.rejects(answer, refusal('AccessDenied', { message: /sts:AssumeRole/, status: 403 })))
  })
}

t.test('a missing role causes the same error as one that does not trust the caller, and can be added', async t => {
  const emulator = await emulatorFor(t)
  const ask = () => clients(emulator).sts.send(new AssumeRoleCommand(asked))
  await t.rejects(ask(), refusal('AccessDenied'))
  emulator.addRole({ arn })
  await t.resolves(ask())
})

for (const wrong of [
  { RoleArn: 'not an ARN, but long enough' },
  { RoleSessionName: 'a b' },
  { DurationSeconds: 60 },
  { DurationSeconds: 50_000 },
]) {
  t.test(`${JSON.stringify(wrong)} is a ValidationError`, async t => {
    const { sts } = clients(await emulatorFor(t, { roles: [{ arn }] }))
    await t.rejects(sts.send(new AssumeRoleCommand({ ...asked, ...wrong })), {
      name: 'ValidationError',
      $metadata: { httpStatusCode: 400 },
    })
  })
}

const claims = { iss: 'https://oidc.example', sub: 'system:serviceaccount:ns:name', aud: ['sts.amazonaws.com'] }
const refusedTokens: [about: string, token: string, name: string][] = [
  ['another issuer', jwt({ ...claims, iss: 'https://else.example' }), 'InvalidIdentityTokenException'],
  ['another audience', jwt({ ...claims, aud: 'else' }), 'InvalidIdentityTokenException'],
  ['another subject', jwt({ ...claims, sub: 'else' }), 'AccessDenied'],
  ['no subject', jwt({ ...claims, sub: undefined }), 'InvalidIdentityTokenException'],
  ['an expiry that has passed', jwt({ ...claims, exp: 1_700_000_000 }), 'ExpiredTokenException'],
  ['another format than a JWT', 'opaque', 'InvalidIdentityTokenException'],
]

for (const [about, WebIdentityToken, name] of refusedTokens) {
  t.test(`a web identity token with ${about} is rejected with ${name}`, async t => {
    const { sts } = clients(await emulatorFor(t, { roles: [{ arn, ...claims, aud: 'sts.amazonaws.com' }] }))
    await t.rejects(sts.send(new AssumeRoleWithWebIdentityCommand({ ...asked, WebIdentityToken })), refusal(name))
  })
}

t.test('a web identity token creates a session without a signature', async t => {
  const emulator = await emulatorFor(t, { roles: [{ arn, ...claims, aud: 'sts.amazonaws.com' }] })
  const { sts } = clients(emulator, { as: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' } })
  const answer = await sts.send(new AssumeRoleWithWebIdentityCommand({ ...asked, WebIdentityToken: jwt(claims) }))
  t.match(answer, { SubjectFromWebIdentityToken: claims.sub, Audience: 'sts.amazonaws.com', Provider: claims.iss })
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = answer.Credentials ?? {}
  const as = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
  t.match(await clients(emulator, { as }).sts.send(new GetCallerIdentityCommand({})), { Arn: /assumed-role\/ci\/build$/ })
})

t.test('a web identity gets no longer session than its role allows, and none for a token that its issuer has revoked', async t => {
  const roles = [{ arn, maxSessionSeconds: 3600 }]
  const emulator = await emulatorFor(t, { roles })
  const ask = (DurationSeconds: number) =>
    clients(emulator).sts.send(
      new AssumeRoleWithWebIdentityCommand({ ...asked, DurationSeconds, WebIdentityToken: jwt({ iss: 'a', sub: 'b', aud: 'c' }) }),
    )
  await t.resolves(ask(3600))
  await t.rejects(ask(3601), refusal('ValidationError', { message: /exceeds the MaxSessionDuration set for this role/ }))
  emulator.addRole({ arn, isTokenRevoked: true })
  await t.rejects(ask(3600), refusal('IDPRejectedClaimException', { status: 403 }))
})
