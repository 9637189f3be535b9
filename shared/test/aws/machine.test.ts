import { rename, writeFile } from 'node:fs/promises'
import t from 'tap'
import { account, asking, emulatorFor, filesFor, jwt, roleArn, session } from './asking.ts'

t.jobs = 4

/** The environment variables that redirect the metadata services to the emulator. */
const instance = ({ url }: { url: string }) => ({ AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: url })
const container = ({ url }: { url: string }) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials` })
const top = `arn:aws:iam::${account}:role/top`
const roles = [{ arn: roleArn }, { arn: top, trust: [roleArn] }]
const onTop = { name: 'a', roleArn: top }

t.test('the identity can be the role of the machine, through version 2 of the instance metadata service', async t => {
  const emulator = await emulatorFor(t, { roles, machine: { roleArn } })
  const ask = asking(t, emulator, instance(emulator))
  t.match(await ask(), { principal: session('i-0123456789abcdef0'), hours: [12], leaks: 0 })
  t.match(await ask({ tenant: onTop }), { principal: session('kubernetes@a', 'top'), leaks: 0 })
  t.equal(emulator.calls().counts['metadata.instance.local'], 3, 'a token, the name of the role and its credentials are requested once')
})

t.test('with EKS Pod Identity, the agent receives the token of the file, which is read each time', async t => {
  const token = jwt({ aud: 'pods.eks.amazonaws.com' })
  const emulator = await emulatorFor(t, { roles, machine: { roleArn, authorization: token } })
  const path = await filesFor(t, { 'eks-pod-identity-token': token })
  const env = { ...container(emulator), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: path('eks-pod-identity-token'), SECRETS: token }
  const ask = asking(t, emulator, env)
  t.match(await ask(), { principal: session('eks-testbed-webhook-0123456789'), hours: [12], leaks: 0 })
  t.match(await ask({ tenant: onTop }), { principal: session('kubernetes@a', 'top'), leaks: 0 })

  emulator.fault({ fault: 'expired-token', api: 'ecr' })
  t.match(await ask(), { fault: { code: 'ExpiredTokenException' }, leaks: 0 })
  emulator.heal()
  emulator.setMachine({ roleArn, authorization: 'the-next-token-of-a-test' })
  await writeFile(path('next'), 'the-next-token-of-a-test')
  await rename(path('next'), path('eks-pod-identity-token'))
  t.match(await ask(), { fault: undefined, hours: [12], leaks: 0 })
})

t.test('on ECS, the agent receives the token of the environment', async t => {
  const emulator = await emulatorFor(t, { roles, machine: { roleArn, authorization: 'a-token-of-a-task' } })
  const env = { ...container(emulator), AWS_CONTAINER_AUTHORIZATION_TOKEN: 'a-token-of-a-task', SECRETS: 'a-token-of-a-task' }
  t.match(await asking(t, emulator, env)(), { principal: session('eks-testbed-webhook-0123456789'), hours: [12], leaks: 0 })
})

const google = { uniqueId: '123456789012345678901', email: 'webhook@project.iam.gserviceaccount.com' }
/** In trust policies for Google tokens, `aud` is the authorized party (azp), and `oaud` is the audience. */
const trusting = { arn: roleArn, iss: 'https://accounts.google.com', sub: google.uniqueId, aud: google.uniqueId, oaud: 'ecr-anywhere' }

t.test("with AWS_AUDIENCE, the identity is the service account of Google's metadata server", async t => {
  const emulator = await emulatorFor(t, { roles: [trusting, ...roles.slice(1)], machine: { google } })
  const env = { GCE_METADATA_HOST: new URL(emulator.url).host, AWS_AUDIENCE: 'ecr-anywhere', AWS_ROLE_ARN: roleArn, CLUSTER_NAME: 'gke' }
  const ask = asking(t, emulator, env)
  t.match(await ask(), { principal: session('gke@default'), hours: [12], leaks: 0 })
  t.match(await ask({ tenant: onTop }), { principal: session('gke@a', 'top'), leaks: 0 })
  t.equal(emulator.calls().counts['metadata.google.local'], 1)

  emulator.fault({ fault: 'expired-token', api: 'ecr' })
  t.match(await ask(), { fault: { code: 'ExpiredTokenException' } })
  emulator.heal()
  t.match(await ask(), { fault: undefined, hours: [12] })
  t.equal(emulator.calls().counts['metadata.google.local'], 2, 'a new session has a new token of Google')
})

t.test('AWS denies another audience and another service account', async t => {
  const emulator = await emulatorFor(t, { roles: [trusting], machine: { google } })
  const env = { GCE_METADATA_HOST: new URL(emulator.url).host, AWS_AUDIENCE: 'else', AWS_ROLE_ARN: roleArn }
  t.match(await asking(t, emulator, env)(), { fault: { code: 'AccessDenied' } })
  emulator.setMachine({ google: { ...google, uniqueId: '999999999999999999999' } })
  t.match(await asking(t, emulator, { ...env, AWS_AUDIENCE: 'ecr-anywhere' })(), { fault: { code: 'InvalidIdentityTokenException' } })
})

t.test('AWS_AUDIENCE without a role is a settings error', async t => {
  t.match(await asking(t, await emulatorFor(t), { AWS_AUDIENCE: 'ecr-anywhere' })(), {
    fault: { kind: 'settings', sentence: /AWS_ROLE_ARN: found nothing, wanted the role to assume/ },
  })
})
