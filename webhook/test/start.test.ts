import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@ecr-anywhere/scripts/aws/emulator.ts'
import { mintPki } from '@ecr-anywhere/scripts/cluster/pki.ts'
import { ecrAnywhere } from '@ecr-anywhere/scripts/testbed/command.ts'
import { emulatorEnv } from '@ecr-anywhere/scripts/testbed/emulator-env.ts'
import { call } from '@ecr-anywhere/scripts/testbed/https-call.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { startWebhook } from '@ecr-anywhere/scripts/testbed/webhook-process.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t, { type Test } from 'tap'
import type { Status } from '../src/status.ts'
import { secret } from './admission/secrets.ts'
import { review } from './admission/world.ts'

t.jobs = 4

const account = '111122223333'
const role = { arn: `arn:aws:iam::${account}:role/pull` }
const user = { accessKeyId: 'AKIAALICE00000000000', secretAccessKey: 'a secret of a test', arn: `arn:aws:iam::${account}:user/alice` }
const nowhere = { PORT: '0', METRICS_PORT: '0', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_CONFIG_FILE: '/dev/null' }
const host = `${account}.dkr.ecr.us-east-1.amazonaws.com`

/** A file with every kind of mistake: in single keys, between keys and between tenants. */
const mistaken = `tenants:
  - {name: typo, rolearn: "${role.arn}"}
  - {name: No_Label}
  - {name: enabled}
  - {name: twice, profile: one}
  - {name: twice, profile: two}
  - {name: no-arn, roleArn: pull}
  - {name: url, registries: ["https://${host}"]}
  - {name: wide, allowedRegistries: ["*.docker.io"]}
  - {name: shut, registries: ["${host}"], profile: three, allowedRegistries: [public.ecr.aws]}
  - {name: left, roleArn: "${role.arn}", allowedRegistries: [public.ecr.aws]}
  - {name: right, roleArn: "${role.arn}"}
  - {name: both, profile: four, webIdentity: {roleArn: "${role.arn}", tokenFile: /token}}
  - {name: half, webIdentity: {roleArn: "${role.arn}"}}
  - {name: lonely, profile: five, externalId: "1234", sessionTags: {team: a}}
  - {name: tags, roleArn: "${role.arn}", sessionTags: {team: "<a>"}}
tenant: []
`
const listed = [
  /\.tenants\[0\]: found unknown keys rolearn/,
  /\.tenants\[1\]\.name: found "No_Label", wanted a DNS label/,
  /found the name enabled, wanted another/,
  /found two tenants named twice, wanted one/,
  /\.tenants\[5\]\.roleArn: found "pull", wanted the ARN of a role/,
  /\.tenants\[6\]\.registries\[0\]: found a URL of [0-9a-z.-]+, wanted a bare ECR host/,
  /\.tenants\[7\]\.allowedRegistries\[0\]: found "\*\.docker\.io", wanted a pattern of ECR hosts alone/,
  /tenant shut: found registry .* outside its own allowedRegistries/,
  /found tenants left and right with one principal and different allowedRegistries/,
  /tenant both: found webIdentity and profile/,
  /\.tenants\[12\]\.webIdentity\.tokenFile: found nothing, wanted the path of a token file/,
  /tenant lonely: found externalId without roleArn/,
  /tenant lonely: found sessionTags without roleArn/,
  /\.tenants\[14\]\.sessionTags\.team: found "<a>", wanted a tag value/,
  /CONFIG_FILE: found unknown keys tenant,/,
]

t.test('all mistakes of a tenants file are listed, and the exit code is 2', async t => {
  const path = await filesFor(t, { 'tenants.yaml': mistaken })
  const { code, stdout } = await ecrAnywhere(['webhook'], { ...nowhere, AWS_REGION: 'us-east-1', CONFIG_FILE: path('tenants.yaml') })
  t.equal(code, 2)
  for (const line of listed) t.match(stdout, line)
  t.equal(stdout.split('\n').filter(line => line.startsWith('  - ')).length, listed.length)
  t.match(stdout, `ecr-anywhere: found ${listed.length} faulty settings:`)
})

const refused: [about: string, env: Record<string, string>, sentence: RegExp][] = [
  ['no region', {}, /^ecr-anywhere: found no AWS region in AWS_REGION, AWS_DEFAULT_REGION .* Set AWS_REGION\.$/m],
  ['a missing CA bundle', { AWS_REGION: 'us-east-1', AWS_CA_BUNDLE: '/nowhere' }, /AWS_CA_BUNDLE: found \/nowhere \(ENOENT\)/],
  ['AWS_AUDIENCE without AWS_ROLE_ARN', { AWS_REGION: 'us-east-1', AWS_AUDIENCE: 'a' }, /AWS_ROLE_ARN: found nothing, wanted the role/],
]

for (const [about, env, sentence] of refused) {
  t.test(`${about}: the exit code is 2, and the last line says why`, async t => {
    const { code, stdout } = await ecrAnywhere(['webhook'], { ...nowhere, ...env })
    t.equal(code, 2)
    t.match(stdout, sentence)
  })
}

t.test('two tenants with profiles of one role and different allow-lists are denied, and other tenants are served', async t => {
  const emulator = await startEmulator({ users: [user], roles: [role] })
  t.teardown(() => emulator.stop())
  const profile = (name: string) => `[profile ${name}]\nrole_arn = ${role.arn}\nsource_profile = default\n`
  const path = await filesFor(t, {
    'tenants.yaml': 'tenants: [{name: a, profile: one, allowedRegistries: [public.ecr.aws]}, {name: b, profile: two}]',
    config: profile('one') + profile('two'),
    credentials: `[default]\naws_access_key_id = ${user.accessKeyId}\naws_secret_access_key = ${user.secretAccessKey}\n`,
  })
  await mintPki(path('pki'), ['127.0.0.1'])
  const webhook = await startWebhook({
    env: {
      CERT_FILE: path('pki/apiserver.crt'),
      KEY_FILE: path('pki/apiserver.key'),
      CONFIG_FILE: path('tenants.yaml'),
      AWS_CONFIG_FILE: path('config'),
      AWS_SHARED_CREDENTIALS_FILE: path('credentials'),
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: emulator.url,
    },
  })
  t.teardown(() => webhook.stop('SIGKILL'))
  const status = async () => ((await (await fetch(`${webhook.operationsUrl}/status`)).json()) as Status).tenants
  await until('AWS has returned the principals', async () => (await status()).a?.error)
  t.match(await status(), { a: { error: 'SharedPrincipal' }, b: { error: 'SharedPrincipal', cause: /has the principal of tenant a/ } })
  for (const [tenant, allowed] of [
    ['a', false],
    ['b', false],
    ['default', true],
  ] as const) {
    const { response } = await inject(webhook.url, tenant, 'public.ecr.aws')
    t.equal(response.allowed, allowed, tenant)
    if (!allowed) t.match(response.status.message, /tenant . has the principal of tenant . and different allowedRegistries/)
  }
  t.equal((await fetch(`${webhook.operationsUrl}/readyz`)).status, 200)
  await until('the denied tenants are in the log', () => webhook.logs().includes('"msg":"tenants refused"'))
  t.equal(await webhook.stop(), 0)
})

for (const variable of ['PORT', 'METRICS_PORT'] as const) {
  t.test(`if the port of ${variable} is in use, the exit code is 1, and the last line names the port and the variable`, async t => {
    const usedPort = createServer()
    await new Promise<void>(resolve => usedPort.listen(0, resolve))
    t.teardown(() => usedPort.close())
    const port = String((usedPort.address() as AddressInfo).port)
    const { code, stdout } = await ecrAnywhere(['webhook'], { ...nowhere, AWS_REGION: 'us-east-1', [variable]: port })
    t.equal(code, 1)
    const last = stdout.trim().split('\n').at(-1)
    t.match(last, `ecr-anywhere: found EADDRINUSE for port ${port} (${variable}): another process listens on it`)
    t.match(last, `Set ${variable} to another port`)
  })
}

t.test('an admission is in the metrics before its answer arrives', async t => {
  const emulator = await startEmulator({ users: [user] })
  t.teardown(() => emulator.stop())
  const path = await filesFor(t, {})
  await mintPki(path('pki'), ['127.0.0.1'])
  const serving = { CERT_FILE: path('pki/apiserver.crt'), KEY_FILE: path('pki/apiserver.key') }
  const webhook = await startWebhook({ env: { ...serving, ...emulatorEnv(emulator, user) } })
  t.teardown(() => webhook.stop('SIGKILL'))
  for (let at = 1; at <= 20; at += 1) {
    await inject(webhook.url, 'default')
    const metrics = await (await fetch(`${webhook.operationsUrl}/metrics`)).text()
    t.match(metrics, `admission_requests_total{tenant="default",operation="CREATE",result="injected"} ${at}\n`)
  }
})

t.test('the principal of each tenant is logged once, and shown in /status', async t => {
  const emulator = await startEmulator({ users: [user], roles: [role] })
  t.teardown(() => emulator.stop())
  const path = await filesFor(t, { 'tenants.yaml': `tenants: [{name: a, roleArn: "${role.arn}"}, {name: b, roleArn: "${role.arn}-none"}]` })
  await mintPki(path('pki'), ['127.0.0.1'])
  const serving = { CERT_FILE: path('pki/apiserver.crt'), KEY_FILE: path('pki/apiserver.key'), CONFIG_FILE: path('tenants.yaml') }
  const webhook = await startWebhook({ env: { ...serving, ...emulatorEnv(emulator, user) } })
  t.teardown(() => webhook.stop('SIGKILL'))
  const tenants = async () => ((await (await fetch(`${webhook.operationsUrl}/status`)).json()) as Status).tenants
  await until('every tenant has a principal or an error', async () =>
    Object.values(await tenants()).every(one => one.principal ?? one.error),
  )
  const session = `arn:aws:sts::${account}:assumed-role/pull/kubernetes@a`
  t.match(await tenants(), {
    default: { principal: user.arn },
    a: { principal: session },
    b: { principal: null, error: 'AccessDenied', cause: /Let the trust policy of .*pull-none name/ },
  })
  t.equal(await webhook.stop(), 0)
  const logged = webhook
    .logs()
    .split('\n')
    .filter(line => line.includes('"principal":"'))
  t.strictSame(logged.map(line => JSON.parse(line).principal).sort(), [user.arn, session])
})

/** @returns the answer to the review of a new Secret */
async function inject(url: string, tenant: string, registry = host) {
  const options = { host: '127.0.0.1', path: `/inject/${tenant}?timeout=10s`, rejectUnauthorized: false }
  const object = secret({ notes: { [annotations.registries]: registry } })
  return JSON.parse((await call(Number(new URL(url).port), options, JSON.stringify(review({ object })))).body)
}

/** Creates a directory with these files for the duration of a test. */
async function filesFor(t: Test, files: Record<string, string>): Promise<(name: string) => string> {
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-start-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text, { mode: 0o600 })
  return name => join(dir, name)
}
