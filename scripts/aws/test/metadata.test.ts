import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import t from 'tap'
import { account, clients, emulatorFor, jwt, refusal, user } from './world.ts'

const arn = `arn:aws:iam::${account}:role/team/node`
const rolesPath = '/latest/meta-data/iam/security-credentials/'
const identityPath = '/computeMetadata/v1/instance/service-accounts/default/identity'
const google = { uniqueId: '123456789012345678901', email: 'webhook@project.iam.gserviceaccount.com' }
const flavor = { 'Metadata-Flavor': 'Google' }

/** @returns the ARN of the credentials of a metadata service */
async function whoIs(url: string, { AccessKeyId, SecretAccessKey, Token }: Record<string, string>) {
  const as = { accessKeyId: AccessKeyId ?? '', secretAccessKey: SecretAccessKey ?? '', sessionToken: Token ?? '' }
  return (await clients({ url }, { as }).sts.send(new GetCallerIdentityCommand({}))).Arn
}

t.test('the instance metadata service returns a token by PUT, the name of the role, and its credentials', async t => {
  const { url } = await emulatorFor(t, { roles: [{ arn, sessionSeconds: 900 }], machine: { roleArn: arn } })
  t.equal((await fetch(url + rolesPath)).status, 401)
  t.equal((await fetch(`${url}/latest/api/token`, { method: 'PUT' })).status, 400)
  const ttl = { 'X-aws-ec2-metadata-token-ttl-seconds': '60' }
  t.equal((await fetch(`${url}/latest/api/token`, { method: 'PUT', headers: { ...ttl, 'X-Forwarded-For': '10.0.0.1' } })).status, 403)
  const token = await (await fetch(`${url}/latest/api/token`, { method: 'PUT', headers: ttl })).text()
  const get = (path: string) => fetch(url + path, { headers: { 'X-aws-ec2-metadata-token': token } })
  t.equal(await (await get(rolesPath)).text(), 'node')
  t.equal((await get(`${rolesPath}other`)).status, 404)
  const credentials = (await (await get(`${rolesPath}node`)).json()) as Record<string, string>
  t.match(credentials, { Code: 'Success', Type: 'AWS-HMAC' })
  t.ok(
    Math.abs(Date.parse(credentials.Expiration ?? '') - Date.now() - 900_000) < 30_000,
    'the credentials have the lifetime of sessions of the role',
  )
  t.equal(await whoIs(url, credentials), `arn:aws:sts::${account}:assumed-role/node/i-0123456789abcdef0`)
})

t.test('the container endpoint requires the right Authorization header', async t => {
  const { url } = await emulatorFor(t, { roles: [{ arn }], machine: { roleArn: arn, authorization: 'a token' } })
  const get = (headers: Record<string, string>) => fetch(`${url}/v1/credentials`, { headers })
  t.equal((await get({})).status, 400)
  t.equal((await get({ Authorization: 'else' })).status, 400)
  const credentials = (await (await get({ Authorization: 'a token' })).json()) as Record<string, string>
  t.equal(credentials.AccountId, account)
  t.match(await whoIs(url, credentials), /assumed-role\/node\/eks-/)
})

t.test('the metadata server of Google returns an identity token with the expected claims only to a valid request', async t => {
  const { url } = await emulatorFor(t, { machine: { google } })
  const get = (query: string, headers: Record<string, string> = flavor) => fetch(url + identityPath + query, { headers })
  t.equal((await get('?audience=a', {})).status, 403)
  t.equal((await get('?audience=a', { ...flavor, 'X-Forwarded-For': '10.0.0.1' })).status, 403)
  t.equal((await get('')).status, 400)
  const parts = (await (await get('?audience=https%3A%2F%2Fa&format=full')).text()).split('.')
  const [header, claims] = parts.slice(0, 2).map(part => JSON.parse(Buffer.from(part, 'base64url').toString()))
  t.equal(parts.length, 3)
  t.match(header, { alg: 'RS256', typ: 'JWT' })
  t.match(claims, { iss: 'https://accounts.google.com', aud: 'https://a', azp: google.uniqueId, sub: google.uniqueId, email: google.email })
  t.ok(claims.exp > Date.now() / 1000 && claims.iat <= Date.now() / 1000)
})

t.test('a machine without an identity has no credentials', async t => {
  const emulator = await emulatorFor(t, { roles: [{ arn }] })
  const { url } = emulator
  t.equal((await fetch(`${url}/v1/credentials`)).status, 404)
  t.equal((await fetch(`${url}${identityPath}?audience=a`, { headers: flavor })).status, 404)
  emulator.setMachine({ roleArn: arn })
  t.equal((await fetch(`${url}/v1/credentials`)).status, 200)
  t.equal(emulator.calls().counts['metadata.container.local'], 2)
})

t.test('only faults for metadata services apply to them', async t => {
  const emulator = await emulatorFor(t, { roles: [{ arn }], machine: { roleArn: arn } })
  const get = () => fetch(`${emulator.url}/v1/credentials`)
  emulator.fault({ fault: 'not-found', api: 'metadata' })
  t.equal((await get()).status, 404)
  await t.resolves(clients(emulator).sts.send(new GetCallerIdentityCommand({})))
  emulator.heal()
  emulator.fault({ fault: 'unavailable', api: 'sts' })
  t.equal((await get()).status, 200)
  emulator.fault({ fault: 'malformed', api: 'metadata' })
  await t.rejects((await get()).json(), SyntaxError)
})

const claims = { iss: 'https://accounts.google.com', sub: '1', aud: 'https://a' }
const conditions: [about: string, role: object, token: object, refused: string | undefined][] = [
  ['aud is compared with azp', { aud: '1' }, { ...claims, azp: '1' }, undefined],
  ['aud is not compared with the audience if there is azp', { aud: 'https://a' }, { ...claims, azp: '1' }, 'InvalidIdentityTokenException'],
  ['aud is compared with the audience if there is no azp', { aud: 'https://a' }, claims, undefined],
  ['oaud is compared with the audience', { oaud: 'https://a' }, { ...claims, azp: '1' }, undefined],
  ['oaud rejects another audience', { oaud: 'https://b' }, { ...claims, azp: '1' }, 'AccessDenied'],
  ['azp of another issuer is ignored', { aud: 'https://a' }, { ...claims, iss: 'https://oidc.example', azp: '1' }, undefined],
]

for (const [about, role, token, refused] of conditions) {
  t.test(`the conditions of a role for a Google token: ${about}`, async t => {
    const { sts } = clients(await emulatorFor(t, { users: [user], roles: [{ arn, ...role }] }))
    const answer = sts.send(
      new AssumeRoleWithWebIdentityCommand({ RoleArn: arn, RoleSessionName: 'a1', WebIdentityToken: jwt({ ...token }) }),
    )
    await (refused === undefined ? t.resolves(answer) : t.rejects(answer, refusal(refused)))
  })
}
