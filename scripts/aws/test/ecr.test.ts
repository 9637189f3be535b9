import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'
import { GetAuthorizationTokenCommand as GetPublicTokenCommand } from '@aws-sdk/client-ecr-public'
import t from 'tap'
import { account, clients, emulatorFor, passwordOf, refusal, region, user } from './world.ts'

const noonAndABit = Date.parse('2026-01-01T12:00:00.750Z')

t.test('a token is valid for 12 hours, expires at a whole second, and is as long as a token of AWS', async t => {
  const { ecr } = clients(await emulatorFor(t, { nowMs: () => noonAndABit }), { maxAttempts: 2 })
  const { authorizationData: [data] = [], $metadata } = await ecr.send(new GetAuthorizationTokenCommand({}))
  t.equal(data?.expiresAt?.toISOString(), '2026-01-02T00:00:00.000Z')
  t.equal(data?.proxyEndpoint, `https://${account}.dkr.ecr.${region}.amazonaws.com`)
  t.match(Buffer.from(data?.authorizationToken ?? '', 'base64').toString(), /^AWS:[\w+/=]{1800,2400}$/)
  t.match($metadata.requestId, /^[0-9a-f-]{36}$/)
})

t.test('each call returns another password', async t => {
  const { ecr } = clients(await emulatorFor(t))
  const ask = async () => (await ecr.send(new GetAuthorizationTokenCommand({}))).authorizationData?.[0]?.authorizationToken
  t.not(passwordOf(await ask()), passwordOf(await ask()))
})

t.test('the lifetime of tokens can be set while the emulator runs, also in fractions of seconds', async t => {
  const emulator = await emulatorFor(t, { nowMs: () => noonAndABit, tokenLifeSeconds: 60 })
  const { ecr } = clients(emulator, { maxAttempts: 2 })
  const expiry = async () => (await ecr.send(new GetAuthorizationTokenCommand({}))).authorizationData?.[0]?.expiresAt?.toISOString()
  t.equal(await expiry(), '2026-01-01T12:01:00.000Z')
  emulator.setTokenLife(1.5)
  t.equal(await expiry(), '2026-01-01T12:00:02.000Z')
})

t.test('the deprecated registryIds get one token each, and an invalid one is rejected', async t => {
  const { ecr } = clients(await emulatorFor(t))
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({ registryIds: ['000000000001', '000000000002'] }))
  t.match(authorizationData, [{ proxyEndpoint: /^https:\/\/000000000001/ }, { proxyEndpoint: /^https:\/\/000000000002/ }])
  await t.rejects(ecr.send(new GetAuthorizationTokenCommand({ registryIds: ['12'] })), refusal('InvalidParameterException'))
})

t.test('ECR Public answers with one object, in us-east-1 only', async t => {
  const emulator = await emulatorFor(t)
  const { authorizationData } = await clients(emulator, { at: 'us-east-1' }).ecrPublic.send(new GetPublicTokenCommand({}))
  t.match(authorizationData, { authorizationToken: /^\S{2000,}$/, expiresAt: Date })
  const elsewhere = clients(emulator).ecrPublic.send(new GetPublicTokenCommand({}))
  await t.rejects(elsewhere, refusal('InvalidSignatureException', { message: /valid region/ }))
})

t.test('an identity without ECR permission gets no token, and one without bearer tokens gets no public token', async t => {
  const noEcr = clients(await emulatorFor(t, { users: [{ ...user, denyEcr: true }] }), { at: 'us-east-1' })
  await t.rejects(noEcr.ecr.send(new GetAuthorizationTokenCommand({})), {
    name: 'AccessDeniedException',
    message: /ecr:GetAuthorizationToken/,
  })
  await t.rejects(noEcr.ecrPublic.send(new GetPublicTokenCommand({})), refusal('AccessDeniedException'))
  const noBearer = clients(await emulatorFor(t, { users: [{ ...user, denyBearerToken: true }] }), { at: 'us-east-1' })
  await t.resolves(noBearer.ecr.send(new GetAuthorizationTokenCommand({})))
  await t.rejects(noBearer.ecrPublic.send(new GetPublicTokenCommand({})), { message: /sts:GetServiceBearerToken/ })
})

t.test('calls in one region above the rate limit of AWS are throttled', async t => {
  let nowMs = Date.now()
  const emulator = await emulatorFor(t, { rate: { perSecond: 1, burst: 2 }, nowMs: () => nowMs })
  const { ecr } = clients(emulator)
  const ask = () => ecr.send(new GetAuthorizationTokenCommand({}))
  await ask()
  await ask()
  await t.rejects(ask(), refusal('ThrottlingException', { status: 400 }))
  await t.resolves(clients(emulator, { at: 'us-east-2' }).ecr.send(new GetAuthorizationTokenCommand({})))
  nowMs += 1000
  await t.resolves(ask())
})
