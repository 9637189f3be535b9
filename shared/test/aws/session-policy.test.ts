import t from 'tap'
import type { Tenant } from '../../src/tenants.ts'
import { account, asking, emulatorFor, filesFor, jwt, keys, roleArn } from './asking.ts'

t.jobs = 4

const host = `${account}.dkr.ecr.us-east-1.amazonaws.com`
const repositories = ['team-a/*']
const sub = 'system:serviceaccount:ecr-anywhere:webhook'
const claims = { iss: 'https://oidc.example', sub, aud: 'sts.amazonaws.com' }

/** How the tenant gets its sessions, the environment of the process, and the call of AWS that has the policy. */
const identities = [
  ['a role', { name: 'a', roleArn }, 'AssumeRole'],
  ['a web identity', { name: 'a', webIdentity: { roleArn, tokenFile: 'token' } }, 'AssumeRoleWithWebIdentity'],
  ['the ambient identity', { name: 'a' }, 'GetScopedCredentials'],
] as const

for (const [about, tenant, action] of identities) {
  t.test(`a tenant with ${about} pulls from its repositories only`, async t => {
    const emulator = await emulatorFor(t, { roles: [{ arn: roleArn, ...claims }] })
    const path = await filesFor(t, { token: jwt(claims) })
    const env = action === 'AssumeRole' ? keys : { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: path('token') }
    const ask = asking(t, emulator, env)
    const given = 'webIdentity' in tenant ? { ...tenant, webIdentity: { roleArn, tokenFile: path('token') } } : tenant
    const pull = async (tenant: Tenant, repository: string) => (await ask({ tenant, hosts: [host], repository })).pulled
    const limited = { ...given, repositories }
    // Allowed, but there is no image.
    for (const repository of ['team-a/app', 'team-a/deep/app']) t.equal(await pull(limited, repository), 404, repository)
    for (const repository of ['team-b/app', 'team-a']) t.equal(await pull(limited, repository), 403, repository)
    t.equal(await pull({ ...given, name: 'b' }, 'team-b/app'), 404)
    t.ok(emulator.calls().last.some(call => call.action === action))
  })
}

t.test('static keys of a user cannot be limited, which the message says', async t => {
  const ask = asking(t, await emulatorFor(t), keys)
  const { fault } = await ask({ tenant: { name: 'a', repositories } })
  t.match(fault?.sentence, /AccessDenied from sts:GetScopedCredentials in us-east-1 for tenant a.*give the tenant a roleArn\.$/)
})
