import t from 'tap'
import { asking, emulatorFor, filesFor, jwt, keys, roleArn, session } from './asking.ts'

// These tests mostly wait, so they can run in parallel.
t.jobs = 8

const google = { uniqueId: '123456789012345678901', email: 'webhook@project.iam.gserviceaccount.com' }
const token = jwt({ iss: 'https://oidc.example', sub: 'webhook', aud: 'sts.amazonaws.com' })
const webIdentity = { roleArn, tokenFile: '' }

/** The hanging API, the environment and the tenant. An admission has 9 s in all. */
const hanging: [about: string, api: 'metadata' | 'sts', env: Record<string, string>, tenant: 'default' | 'web' | 'role'][] = [
  ['the container endpoint', 'metadata', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'URL/v1/credentials' }, 'default'],
  [
    'the instance metadata service',
    'metadata',
    { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: 'URL' },
    'default',
  ],
  ["Google's metadata server", 'metadata', { GCE_METADATA_HOST: 'HOST', AWS_AUDIENCE: 'a', AWS_ROLE_ARN: roleArn }, 'default'],
  ['STS with a token file', 'sts', { AWS_WEB_IDENTITY_TOKEN_FILE: 'TOKEN', AWS_ROLE_ARN: roleArn }, 'default'],
  ["STS with a tenant's token file", 'sts', {}, 'web'],
  ['STS with an assumed role', 'sts', keys, 'role'],
]

for (const [about, api, env, name] of hanging) {
  t.test(`while ${about} hangs, the request fails in time, and the first request after that succeeds`, async t => {
    const emulator = await emulatorFor(t, { machine: { roleArn, google } })
    const path = await filesFor(t, { token })
    const known = { URL: emulator.url, HOST: new URL(emulator.url).host, TOKEN: path('token') }
    const filled = Object.entries(env).map(([key, value]) => [key, value.replace(/^[A-Z]+(?=$|\/)/, word => known[word as 'URL'] ?? word)])
    const ask = asking(t, emulator, { ...Object.fromEntries(filled), SECRETS: token })
    const own = { default: {}, web: { webIdentity: { ...webIdentity, tokenFile: path('token') } }, role: { roleArn } }
    const tenant = { name, ...own[name] }
    emulator.fault({ fault: 'hang', api })
    const { fault, leaks, ms } = await ask({ tenant })
    t.match(fault, { kind: 'transient', code: /Timeout|ETIMEDOUT|CredentialsProviderError/ })
    t.equal(leaks, 0)
    t.ok(ms < 9_000, `${ms} ms`)
    emulator.heal()
    t.match(await ask({ tenant }), { fault: undefined, principal: new RegExp(session('')), hours: [12] })
  })
}
