import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault as AwsFault } from '@ecr-anywhere/scripts/aws/faults.ts'
import type { Fault as GoogleFault } from '@ecr-anywhere/scripts/google/faults.ts'
import { leaks } from '@ecr-anywhere/scripts/testbed/leaks.ts'
import t from 'tap'
import { account, enabled, repositoryName, role, secretName, sync, uniqueId, uri, type World, withTargets, works, world } from './world.ts'

/** Runs that fail: what is broken, what the last line says, and how many versions are ENABLED afterwards. */
const failures: [about: string, breakIt: (here: World) => unknown, cause: RegExp][] = [
  ...google('secretmanager', [
    ['AddSecretVersion', 'permission-denied', /HTTP 403 IAM_PERMISSION_DENIED from secretmanager.*Grant secretmanager\.versions\.add/],
    ['AddSecretVersion', 'service-disabled', /SERVICE_DISABLED.*Enable the API: https:\/\/console/],
    ['ListSecretVersions', 'not-found', /HTTP 404 NOT_FOUND.*Create it, or correct its name/],
    ['ListSecretVersions', 'unauthenticated', /HTTP 401/],
    ['DestroySecretVersion', 'permission-denied', /old versions of .*login were not destroyed: .*Grant secretmanager\.versions\.destroy/],
    ['DestroySecretVersion', 'conflict', /old versions .* were not destroyed: .*HTTP 409/],
    ['ListSecretVersions', 'malformed', /MalformedResponse|found/],
  ]),
  ...google('artifactregistry', [
    ['GetRepository', 'not-found', /repositories\/ecr: found HTTP 404/],
    ['GetRepository', 'service-disabled', /SERVICE_DISABLED/],
    ['UpdateRepository', 'permission-denied', /Grant artifactregistry\.repositories\.update/],
  ]),
  ...aws([
    ['ecr', 'access-denied', /AccessDeniedException from ecr:GetAuthorizationToken in us-east-1 .*Allow ecr:GetAuthorizationToken/],
    [
      'sts',
      'access-denied',
      /AccessDenied from sts:AssumeRoleWithWebIdentity .*for a token with iss .*, sub "1000.*, aud "sts\.amazonaws\.com".*trust policy/,
    ],
  ]),
  ['the metadata server has no service account', here => here.google.setMachine({}), /no Google credentials|metadata server/],
  [
    'the role expects another audience',
    here => here.aws.addRole({ ...role, oaud: 'other' }),
    /AccessDenied from sts:AssumeRoleWithWebIdentity/,
  ],
  ['the upstream refuses the password', refusePassword, /Failed to validate remote upstream.*The previous credentials stay/i],
  [
    'the service agent may not access the secret',
    here => here.google.setServiceAgent({ mayAccessSecrets: false }),
    /HTTP 400 INVALID_ARGUMENT.*service agent access the secret/,
  ],
  [
    'the account lacks a permission',
    here => here.google.putAccount({ email: account, uniqueId, lacks: ['artifactregistry.repositories.get'] }),
    /Grant artifactregistry\.repositories\.get/,
  ],
  ['the repository is not a remote one', here => putRepository(here, { mode: 'STANDARD_REPOSITORY' }), /the mode STANDARD_REPOSITORY of/],
  ['the repository is not one of Docker', here => putRepository(here, { format: 'NPM' }), /the format NPM of/],
  [
    'the upstream is in another region',
    here => putRepository(here, { uri: 'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com' }),
    /the upstream 123456789012\.dkr\.ecr\.eu-west-1\.amazonaws\.com of .*wanted a private ECR registry in us-east-1/,
  ],
]

for (const [about, breakIt, cause] of failures) {
  t.test(`the run fails and the repository keeps its credentials if ${about}`, async t => {
    const here = await world(t)
    await breakIt(here)
    const before = here.google.upstreamInUse(repositoryName).passwordSecretVersion
    const { code, stdout, stderr } = await sync(here)
    t.equal(code, 1, stderr)
    t.match(stdout.trim().split('\n').at(-1), cause)
    t.equal(leaks(stdout + stderr, here.secrets), 0)
    const after = here.google.upstreamInUse(repositoryName).passwordSecretVersion
    if (!/were not destroyed/.test(stdout)) t.equal(after, before)
    t.ok(enabled(here).length <= 3)
  })
}

const temporary: [about: string, fault: GoogleFault][] = [
  ['429 with Retry-After', { fault: 'throttled', times: 1, retrySeconds: 1 }],
  ['429 without Retry-After', { fault: 'quota', times: 1 }],
  ['503', { fault: 'unavailable', times: 1 }],
  ['a broken connection', { fault: 'reset', api: 'artifactregistry', times: 1 }],
  ['a lost answer to AddSecretVersion', { fault: 'lost-answer', method: 'AddSecretVersion', times: 1 }],
  ['a lost answer to UpdateRepository', { fault: 'lost-answer', method: 'UpdateRepository', times: 1 }],
]

for (const [about, fault] of temporary) {
  t.test(`the run succeeds after ${about}`, async t => {
    const here = await world(t)
    here.google.fault({ api: 'secretmanager', ...(fault.method === 'UpdateRepository' && { api: 'artifactregistry' }), ...fault })
    const { code, stdout, stderr } = await sync(here)
    t.equal(code, 0, stdout + stderr)
    t.ok(await works(here))
    t.equal(enabled(here).length, 2)
  })
}

t.test('a version that another program destroyed is replaced', async t => {
  const here = await world(t)
  await sync(here)
  here.google.setVersionState(`${secretName}/versions/3`, 'DESTROYED')
  const { code, stdout } = await sync(here)
  t.equal(code, 0)
  t.match(stdout, /it references version 3, which is not ENABLED/)
  t.ok(await works(here))
})

t.test('a projected token is used as on GKE', async t => {
  const here = await world(t)
  const tokenFile = join(here.folder, 'token')
  const claims = { iss: 'https://container.googleapis.com/v1/projects/p', sub: 'system:serviceaccount:a:b', aud: ['sts.amazonaws.com'] }
  await writeFile(tokenFile, jwt({ ...claims, exp: Math.floor(Date.now() / 1000) + 600 }))
  here.aws.addRole({ arn: role.arn, iss: claims.iss, sub: claims.sub, aud: 'sts.amazonaws.com' })
  const { AWS_AUDIENCE: _, ...env } = here.env
  const { code, stderr } = await sync({ env: { ...env, KUBERNETES_SERVICE_HOST: '127.0.0.1', AWS_OIDC_TOKEN_PATH: tokenFile } })
  t.equal(code, 0, stderr)
  t.ok(await works(here))
  const missing = await sync({ env: { ...env, AWS_OIDC_TOKEN_PATH: '/no/such/file' } }, '--force')
  t.match(missing.stdout.trim().split('\n').at(-1), /AWS_OIDC_TOKEN_PATH: found \/no\/such\/file \(ENOENT\)/)
})

t.test('one failing target does not stop the others', async t => {
  const here = await withTargets(await world(t), 'targets: [{repository: ecr}, {repository: missing}, {repository: lost, secret: lost}]')
  const { code, stdout } = await sync(here)
  t.equal(code, 1)
  t.match(stdout, /updated 1, failed 2/)
  t.match(stdout.trim().split('\n').at(-1), /2 repositories were not updated; .*: found HTTP 404/)
  t.ok(await works(here))
})

t.test('a repository that fails gets the version of the others, once it can be set', async t => {
  const base = await world(t)
  base.google.putRepository({ location: 'europe-west1', id: 'late', uri })
  const late = 'projects/my-project/locations/europe-west1/repositories/late'
  const here = await withTargets(base, 'targets: [{repository: ecr}, {repository: late}]')
  here.google.fault({ fault: 'permission-denied', api: 'artifactregistry', method: 'UpdateRepository', path: 'late' })
  t.equal((await sync(here)).code, 1)
  t.ok(await works(here))
  here.google.heal()
  here.aws.resetCalls()
  const { code, stdout } = await sync(here)
  t.equal(code, 0, stdout)
  t.match(stdout, /unchanged 1, updated 1, failed 0, versions created 0/)
  t.strictSame(here.aws.calls().counts, {})
  t.ok(await works(here, late))
})

function google(
  api: 'secretmanager' | 'artifactregistry',
  rows: [method: string, fault: GoogleFault['fault'], cause: RegExp][],
): typeof failures {
  return rows.map(([method, fault, cause]) => [
    `${method} is answered with ${fault}`,
    here => here.google.fault({ api, method, fault }),
    cause,
  ])
}

function aws(rows: [api: 'ecr' | 'sts', fault: AwsFault['fault'], cause: RegExp][]): typeof failures {
  return rows.map(([api, fault, cause]) => [`${api} answers with ${fault}`, here => here.aws.fault({ api, fault }), cause])
}

/** AWS gives a token to the account, but lets it read no registry. */
function refusePassword(here: World): void {
  here.aws.addRole({ ...role, mayRead: ['999999999999'] })
}

function putRepository(here: World, more: { mode?: 'STANDARD_REPOSITORY'; format?: string; uri?: string }): void {
  here.google.putRepository({ location: 'europe-west1', id: 'ecr', uri, ...more })
}

function jwt(claims: object): string {
  return [{ alg: 'RS256' }, claims, {}].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
}
