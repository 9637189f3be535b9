import { rename, writeFile } from 'node:fs/promises'
import t from 'tap'
import { account, asking, emulatorFor, filesFor, jwt, roleArn, session } from './asking.ts'

t.jobs = 4

const sub = 'system:serviceaccount:ecr-anywhere:webhook'
const issuers: [cluster: string, iss: string, audience: string, file: string, subject: string][] = [
  ['EKS (IRSA)', 'https://oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF', 'sts.amazonaws.com', 'eks-token', sub],
  ['GKE', 'https://container.googleapis.com/v1/projects/p/locations/l/clusters/c', 'sts.amazonaws.com', 'gke-token', sub],
  ['ROSA', 'https://rh-oidc.s3.us-east-1.amazonaws.com/0123456789abcdef', 'openshift', 'rosa-token', sub],
  ['any cluster with an OIDC issuer', 'https://oidc.example', 'sts.amazonaws.com', 'token', sub],
  // The file is /var/run/secrets/azure/tokens/azure-identity-token, which the webhook of Azure mounts.
  [
    'AKS (Azure workload identity)',
    'https://westeurope.oic.prod-aks.azure.com/t/i/',
    'api://AzureADTokenExchange',
    'azure-identity-token',
    sub,
  ],
]

for (const [cluster, iss, aud, file, sub] of issuers) {
  t.test(`${cluster}: the identity is that of the token file, if the role trusts its issuer, audience and subject`, async t => {
    const token = jwt({ iss, sub, aud: [aud] })
    const path = await filesFor(t, { [file]: token })
    const emulator = await emulatorFor(t, { roles: [{ arn: roleArn, iss, sub, aud }] })
    const env = { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: path(file), SECRETS: token, CLUSTER_NAME: 'prod' }
    const ask = asking(t, emulator, env)
    t.match(await ask(), { principal: session('prod@default'), hours: [12], leaks: 0 })
    t.match(await ask({ tenant: { name: 'a', roleArn } }), { fault: undefined, principal: session('prod@a'), hours: [12], leaks: 0 })
    t.strictSame(
      emulator
        .calls()
        .last.filter(({ api }) => api === 'sts')
        .map(({ action }) => action),
      ['AssumeRoleWithWebIdentity', 'GetCallerIdentity', 'AssumeRole', 'GetCallerIdentity'],
    )
  })
}

const claims = { iss: 'https://oidc.example', sub, aud: 'sts.amazonaws.com' }
type Refused = [about: string, token: string, code: string, todo: RegExp]
const refused: [Refused, ...Refused[]] = [
  ['issuer', jwt({ ...claims, iss: 'https://else.example' }), 'InvalidIdentityTokenException', /OIDC provider .* issuer, .* audience/],
  ['audience', jwt({ ...claims, aud: 'else' }), 'InvalidIdentityTokenException', /OIDC provider .* issuer, .* audience/],
  ['subject', jwt({ ...claims, sub: 'else' }), 'AccessDenied', /Let the trust policy of .*pull .* subject/],
  ['age', jwt({ ...claims, exp: 1_700_000_000 }), 'ExpiredTokenException', /clock/],
  ['shape', 'an-opaque-token', 'InvalidIdentityTokenException', /OIDC provider/],
]

t.test('the error for a token with a wrong issuer, audience, subject, age or shape has the code of AWS and does not quote it', async t => {
  const emulator = await emulatorFor(t, { roles: [{ arn: roleArn, ...claims }] })
  const path = await filesFor(t, Object.fromEntries(refused.map(([about, token]) => [about, token])))
  const env = { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: path('issuer'), SECRETS: refused.map(([, token]) => token).join(' ') }
  const ask = asking(t, emulator, env)
  const [[, , ofIssuer, ...rest]] = refused
  const tenants = refused.map(
    ([about, , ...wanted]) => [{ name: about, webIdentity: { roleArn, tokenFile: path(about) } }, ...wanted] as const,
  )
  for (const [tenant, code, todo] of [[{ name: 'default' }, ofIssuer, ...rest] as const, ...tenants]) {
    const { fault, leaks } = await ask({ tenant })
    t.match(fault, {
      kind: 'transient',
      code,
      sentence: `${code} from sts:AssumeRoleWithWebIdentity in us-east-1 for tenant ${tenant.name} `,
    })
    t.match(fault?.sentence, todo)
    t.equal(leaks, 0)
  }
})

t.test('the error for a missing token file says so', async t => {
  const ask = asking(t, await emulatorFor(t), { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere/token' })
  for (const tenant of [{ name: 'default' }, { name: 'a', webIdentity: { roleArn, tokenFile: '/nowhere/token' } }]) {
    t.match((await ask({ tenant })).fault, { kind: 'transient', code: 'ENOENT', sentence: /Is the .*token file mounted/ })
  }
})

t.test('a rotated token file is read again', async t => {
  const other = `arn:aws:iam::${account}:role/other`
  const webIdentity = { roleArn: other, tokenFile: '' }
  const emulator = await emulatorFor(t, { roles: [roleArn, other].map(arn => ({ arn, ...claims, sub: 'first' })) })
  const path = await filesFor(t, { token: jwt({ ...claims, sub: 'first' }) })
  const ask = asking(t, emulator, { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: path('token') })
  const tenants = [{ name: 'default' }, { name: 'a', webIdentity: { ...webIdentity, tokenFile: path('token') } }]
  for (const tenant of tenants) t.match(await ask({ tenant }), { hours: [12] })

  emulator.fault({ fault: 'expired-token', api: 'ecr' })
  for (const tenant of tenants) t.match(await ask({ tenant }), { fault: { code: 'ExpiredTokenException' } })
  emulator.heal()
  for (const arn of [roleArn, other]) emulator.addRole({ arn, ...claims, sub: 'second' })
  for (const tenant of tenants) t.match(await ask({ tenant }), { fault: { code: 'AccessDenied' } }, 'the first token is no longer trusted')
  await writeFile(path('next'), jwt({ ...claims, sub: 'second' }))
  await rename(path('next'), path('token'))
  for (const tenant of tenants) t.match(await ask({ tenant }), { hours: [12], fault: undefined })
})

t.test('the web identity of a tenant replaces the ambient one, and the role of the tenant is assumed with it', async t => {
  const top = `arn:aws:iam::${account}:role/top`
  const trust = [roleArn]
  const emulator = await emulatorFor(t, {
    roles: [
      { arn: roleArn, ...claims },
      { arn: top, trust },
    ],
  })
  const path = await filesFor(t, { token: jwt(claims) })
  const ask = asking(t, emulator)
  const webIdentity = { roleArn, tokenFile: path('token') }
  t.match(await ask({ tenant: { name: 'a', webIdentity } }), { principal: session('kubernetes@a'), leaks: 0 })
  t.match(await ask({ tenant: { name: 'b', webIdentity, roleArn: top } }), { principal: session('kubernetes@b', 'top'), leaks: 0 })
  t.match(await ask(), { fault: { code: 'CredentialsProviderError' } })
})
