import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { GetAuthorizationTokenCommand as GetPublicTokenCommand } from '@aws-sdk/client-ecr-public'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import t from 'tap'
import type { FaultName } from '../faults.ts'
import { account, clients, emulatorFor, refusal } from './world.ts'

const RoleArn = `arn:aws:iam::${account}:role/ci`

const aborted = { name: /^Error$/, code: 'ECONNRESET' }

type Wanted = ReturnType<typeof refusal>

const refusals: [fault: FaultName, ecr: Wanted, sts: Wanted][] = [
  ['throttling', refusal('ThrottlingException', { status: 400 }), refusal('Throttling', { status: 400 })],
  ['access-denied', refusal('AccessDeniedException', { status: 400 }), refusal('AccessDenied', { status: 403 })],
  ['expired-token', refusal('ExpiredTokenException', { status: 400 }), refusal('ExpiredToken', { status: 403 })],
  ['unknown-key', refusal('UnrecognizedClientException', { status: 400 }), refusal('InvalidClientTokenId', { status: 403 })],
  ['internal-failure', refusal('ServerException', { status: 500 }), refusal('InternalFailure', { status: 500 })],
  ['unavailable', refusal('ServiceUnavailable', { status: 503 }), refusal('ServiceUnavailable', { status: 503 })],
  ['cut', aborted, aborted],
  ['malformed', refusal('SyntaxError'), refusal('Error')],
]

for (const [fault, ecrError, stsError] of refusals) {
  t.test(`the SDKs report ${fault} until the fault is removed`, async t => {
    const emulator = await emulatorFor(t)
    const { ecr, ecrPublic, sts } = clients(emulator, { at: 'us-east-1' })
    emulator.fault({ fault })
    await t.rejects(ecr.send(new GetAuthorizationTokenCommand({})), ecrError)
    await t.rejects(ecrPublic.send(new GetPublicTokenCommand({})), ecrError)
    await t.rejects(sts.send(new GetCallerIdentityCommand({})), stsError)
    emulator.heal()
    await t.resolves(ecr.send(new GetAuthorizationTokenCommand({})))
  })
}

t.test('with latency, the answer is delayed', async t => {
  const emulator = await emulatorFor(t)
  emulator.fault({ fault: 'latency', api: 'ecr', ms: 80 })
  const startMs = performance.now()
  await clients(emulator).ecr.send(new GetAuthorizationTokenCommand({}))
  t.ok(performance.now() - startMs >= 79)
})

t.test('with hang, there is no answer, and the emulator can still be stopped', async t => {
  const emulator = await emulatorFor(t)
  emulator.fault({ fault: 'hang', api: 'ecr' })
  const { ecr, sts } = clients(emulator)
  const abort = AbortSignal.timeout(100)
  await t.rejects(ecr.send(new GetAuthorizationTokenCommand({}), { abortSignal: abort }), refusal('AbortError'))
  // The SDK reports a connection that is reset before the first byte of the answer as a timeout.
  const hanging = t.rejects(ecr.send(new GetAuthorizationTokenCommand({})), { name: /^TimeoutError$/, code: 'ECONNRESET' })
  await t.resolves(sts.send(new GetCallerIdentityCommand({})))
  await untilCalls(() => emulator.calls().counts['ecr.GetAuthorizationToken.eu-west-1'] === 2)
  await emulator.stop()
  await hanging
})

t.test('with empty, the answer is a success without content', async t => {
  const emulator = await emulatorFor(t)
  emulator.fault({ fault: 'empty' })
  const { ecr, ecrPublic, sts } = clients(emulator, { at: 'us-east-1' })
  t.same((await ecr.send(new GetAuthorizationTokenCommand({}))).authorizationData, [])
  t.equal((await ecrPublic.send(new GetPublicTokenCommand({}))).authorizationData, undefined)
  t.equal((await sts.send(new GetCallerIdentityCommand({}))).Arn, undefined)
})

t.test('with already-expired, tokens and sessions have expired', async t => {
  const emulator = await emulatorFor(t, { roles: [{ arn: RoleArn }] })
  emulator.fault({ fault: 'already-expired' })
  const { ecr, sts } = clients(emulator)
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}))
  t.ok(Number(authorizationData?.[0]?.expiresAt) < Date.now())
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'build' }))
  t.ok(Number(Credentials?.Expiration) < Date.now())
})

t.test('a fault of one API and region does not affect others', async t => {
  const emulator = await emulatorFor(t)
  emulator.fault({ fault: 'throttling', api: 'ecr', region: 'eu-west-1' })
  await t.rejects(clients(emulator).ecr.send(new GetAuthorizationTokenCommand({})), refusal('ThrottlingException'))
  await t.resolves(clients(emulator).sts.send(new GetCallerIdentityCommand({})))
  await t.resolves(clients(emulator, { at: 'us-east-1' }).ecr.send(new GetAuthorizationTokenCommand({})))
})

async function untilCalls(arrived: () => boolean): Promise<void> {
  while (!arrived()) await new Promise(setImmediate)
}
