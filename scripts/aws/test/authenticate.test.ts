import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import t from 'tap'
import { account, clients, emulatorFor, refusal, user } from './world.ts'

const minuteMs = 60_000

t.test('a wrong secret causes the error for an invalid signature in each protocol', async t => {
  const { ecr, sts } = clients(await emulatorFor(t), { as: { ...user, secretAccessKey: 'another' } })
  await t.rejects(ecr.send(new GetAuthorizationTokenCommand({})), refusal('InvalidSignatureException', { status: 400 }))
  await t.rejects(sts.send(new GetCallerIdentityCommand({})), refusal('SignatureDoesNotMatch', { status: 403 }))
})

t.test('an unknown key causes the error for unknown keys', async t => {
  const { ecr, sts } = clients(await emulatorFor(t), { as: { ...user, accessKeyId: 'AKIANOBODY' } })
  await t.rejects(ecr.send(new GetAuthorizationTokenCommand({})), refusal('UnrecognizedClientException'))
  await t.rejects(sts.send(new GetCallerIdentityCommand({})), refusal('InvalidClientTokenId'))
})

t.test('a session without its own token is treated as unknown', async t => {
  const emulator = await emulatorFor(t, { roles: [{ arn: `arn:aws:iam::${account}:role/ci` }] })
  const session = await assume(emulator)
  for (const sessionToken of ['', 'another token']) {
    const { ecr } = clients(emulator, { as: { ...session, sessionToken } })
    await t.rejects(ecr.send(new GetAuthorizationTokenCommand({})), refusal('UnrecognizedClientException'))
  }
})

t.test('a session is rejected from its expiry on', async t => {
  let aheadMs = 0
  const emulator = await emulatorFor(t, { roles: [{ arn: `arn:aws:iam::${account}:role/ci` }], nowMs: () => Date.now() + aheadMs })
  const { ecr, sts } = clients(emulator, { as: await assume(emulator), maxAttempts: 2 })
  await t.resolves(ecr.send(new GetAuthorizationTokenCommand({})))
  aheadMs = 61 * minuteMs
  await t.rejects(ecr.send(new GetAuthorizationTokenCommand({})), refusal('ExpiredTokenException'))
  await t.rejects(sts.send(new GetCallerIdentityCommand({})), refusal('ExpiredToken'))
})

for (const offMs of [-6 * minuteMs, 6 * minuteMs]) {
  t.test(`a clock skew of ${offMs / minuteMs} minutes is rejected, and the SDK corrects it by the Date header`, async t => {
    const emulator = await emulatorFor(t, { nowMs: () => Date.now() + offMs })
    const once = clients(emulator)
    await t.rejects(once.ecr.send(new GetAuthorizationTokenCommand({})), refusal('InvalidSignatureException', { message: /5 min/ }))
    await t.rejects(once.sts.send(new GetCallerIdentityCommand({})), refusal('SignatureDoesNotMatch', { message: /5 min/ }))
    const again = clients(emulator, { maxAttempts: 2 })
    await t.resolves(again.ecr.send(new GetAuthorizationTokenCommand({})))
    await t.resolves(again.sts.send(new GetCallerIdentityCommand({})))
  })
}

t.test('a clock skew of four minutes is accepted', async t => {
  const { sts } = clients(await emulatorFor(t, { nowMs: () => Date.now() + 4 * minuteMs }))
  await t.resolves(sts.send(new GetCallerIdentityCommand({})))
})

t.test('a request without a signature or with a changed body is rejected', async t => {
  const emulator = await emulatorFor(t)
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'Action=GetCallerIdentity' }
  const unsigned = await fetch(emulator.url, form)
  t.match(await unsigned.text(), '<Code>MissingAuthenticationToken</Code>')
  const { sts } = clients(emulator)
  sts.middlewareStack.add(next => args => next(changed(args)), { step: 'deserialize', priority: 'low' })
  await t.rejects(sts.send(new GetCallerIdentityCommand({})), refusal('SignatureDoesNotMatch'))
})

async function assume(emulator: { url: string }) {
  const { sts } = clients(emulator)
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/ci`, RoleSessionName: 'build' }))
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

/** Changes the body as an attacker would: with another version of the same length. */
function changed<Args extends { request: unknown }>(args: Args): Args {
  const request = args.request
  if (typeof request === 'object' && request !== null && 'body' in request) request.body = String(request.body).replace('2011', '2012')
  return args
}
