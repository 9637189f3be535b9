import { rename, writeFile } from 'node:fs/promises'
import type { User } from '@ecr-anywhere/scripts/aws/principals.ts'
import t from 'tap'
import { account, asking, emulatorFor, filesFor, keys, roleArn, session, user } from './asking.ts'

t.jobs = 4

const bob: User = {
  accessKeyId: 'AKIABOB0000000000000',
  secretAccessKey: 'bob-s-secret-of-a-test',
  arn: `arn:aws:iam::${account}:user/bob`,
}
const users = [user, bob]

/** The keys of a section of a credentials file. */
const keysOf = ({ accessKeyId, secretAccessKey }: User) =>
  `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`

const credentials = `[default]\n${keysOf(user)}[other]\n${keysOf(bob)}`
const config = `[default]
region = eu-central-1
[profile chained]
role_arn = ${roleArn}
source_profile = other
role_session_name = from-the-file
external_id = 1234
[profile broken]
role_arn = ${roleArn}
source_profile = nowhere
`

/** The environment variables that name the two files. */
const shared = (path: (name: string) => string) => ({
  AWS_SHARED_CREDENTIALS_FILE: path('credentials'),
  AWS_CONFIG_FILE: path('config'),
  SECRETS: users.map(({ secretAccessKey }) => secretAccessKey).join(' '),
})

t.test('the identity can come from the shared config files, and so can the region without AWS_REGION', async t => {
  const emulator = await emulatorFor(t, { users })
  const ask = asking(t, emulator, { ...shared(await filesFor(t, { credentials, config })), AWS_REGION: '' })
  t.match(await ask(), { principal: user.arn, region: 'eu-central-1', leaks: 0 })
})

t.test('AWS_PROFILE selects a profile, from which AWS_ROLE_ARN is assumed', async t => {
  const emulator = await emulatorFor(t, { users, roles: [{ arn: roleArn, trust: [bob.arn] }] })
  const env = { ...shared(await filesFor(t, { credentials, config })), AWS_PROFILE: 'other' }
  t.match(await asking(t, emulator, env)(), { principal: bob.arn, leaks: 0 })
  t.match(await asking(t, emulator, { ...env, AWS_ROLE_ARN: roleArn })(), { principal: session('kubernetes@default'), leaks: 0 })
})

t.test('a tenant can have its own profile with keys or a role, and also its own role', async t => {
  const chained = { arn: roleArn, trust: [bob.arn], externalId: '1234' }
  const onTop = { arn: `arn:aws:iam::${account}:role/top`, trust: [bob.arn] }
  const emulator = await emulatorFor(t, { users, roles: [chained, onTop] })
  const ask = asking(t, emulator, { ...keys, ...shared(await filesFor(t, { credentials, config })) })
  t.match(await ask(), { principal: user.arn, leaks: 0 })
  t.match(await ask({ tenant: { name: 'a', profile: 'other' } }), { principal: bob.arn, leaks: 0 })
  t.match(await ask({ tenant: { name: 'b', profile: 'chained' } }), { principal: session('from-the-file'), leaks: 0 })
  t.match(await ask({ tenant: { name: 'c', profile: 'other', roleArn: onTop.arn } }), {
    principal: session('kubernetes@c', 'top'),
    leaks: 0,
  })
})

t.test('the error for a missing profile, or for a profile that refers to one, names it', async t => {
  const ask = asking(t, await emulatorFor(t, { users }), { ...keys, ...shared(await filesFor(t, { credentials, config })) })
  for (const profile of ['missing', 'broken']) {
    const { fault, leaks } = await ask({ tenant: { name: 'a', profile }, region: profile === 'broken' ? 'eu-west-1' : 'us-east-1' })
    t.match(fault, {
      kind: 'transient',
      code: 'CredentialsProviderError',
      sentence: new RegExp(`looking for profile ${profile} .*tenant a;`),
    })
    t.equal(leaks, 0)
  }
})

/** The identity below a role is tested first, because the other one would renew the shared credentials. */
const onKeys = [
  ['the install', [{ name: 'a', roleArn }, { name: 'default' }]],
  [
    'a tenant',
    [
      { name: 'a', profile: 'default', roleArn },
      { name: 'b', profile: 'default' },
    ],
  ],
] as const

for (const [about, tenants] of onKeys) {
  t.test(`changed keys of ${about} in the file, also below a role, are read again once AWS denies the old ones`, async t => {
    const path = await filesFor(t, { credentials: `[default]\n${keysOf({ ...bob, accessKeyId: 'AKIAGONE000000000000' })}`, config })
    const ask = asking(t, await emulatorFor(t, { users }), shared(path))
    for (const tenant of tenants)
      t.match(await ask({ tenant }), { fault: { code: /UnrecognizedClientException|InvalidClientTokenId/ }, leaks: 0 })
    await writeFile(path('next'), credentials)
    await rename(path('next'), path('credentials'))
    for (const tenant of tenants) t.match(await ask({ tenant }), { fault: undefined, hours: [12], leaks: 0 })
  })
}

/** The output of a credential_process. */
const printed = (accessKey: User) =>
  JSON.stringify({ Version: 1, AccessKeyId: accessKey.accessKeyId, SecretAccessKey: accessKey.secretAccessKey })

t.test('the identity and that of a tenant can come from credential_process', async t => {
  const files = { credentials: '', printed: printed(bob) }
  const path = await filesFor(t, files)
  await writeFile(path('config'), `[default]\ncredential_process = cat ${path('printed')}\n`)
  const ask = asking(t, await emulatorFor(t, { users }), shared(path))
  t.match(await ask(), { principal: bob.arn, leaks: 0 })
  t.match(await ask({ tenant: { name: 'a', profile: 'default' } }), { principal: bob.arn, leaks: 0 })
})

for (const [about, command] of [
  ['fails', `sh -c 'echo ${bob.secretAccessKey}; echo ${bob.secretAccessKey} >&2; exit 1'`],
  ['prints no JSON', `echo ${bob.secretAccessKey}`],
] as const) {
  t.test(`the error of a credential_process that ${about} does not quote it`, async t => {
    const path = await filesFor(t, { credentials: '', config: `[default]\ncredential_process = ${command}\n` })
    const { fault, leaks } = await asking(t, await emulatorFor(t, { users }), shared(path))()
    t.match(fault, { kind: 'transient', code: 'CredentialsProviderError' })
    t.equal(leaks, 0)
  })
}
