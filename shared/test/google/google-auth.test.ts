import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '@ecr-anywhere/scripts/cluster/run.ts'
import { cleanEnv } from '@ecr-anywhere/scripts/testbed/command.ts'
import t, { type Test } from 'tap'
import { accessToken, googleServer } from './google-server.ts'

const program = fileURLToPath(new URL('ask-google.ts', import.meta.url))
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

const user = { type: 'authorized_user', client_id: 'id', client_secret: 'a-client-secret', refresh_token: '1//a-refresh-token' }
const key = {
  type: 'service_account',
  client_email: 'ci@p.iam.gserviceaccount.com',
  private_key: privateKey,
  token_uri: 'https://ignored.example.com/token',
}
const impersonated = {
  type: 'impersonated_service_account',
  source_credentials: user,
  service_account_impersonation_url:
    'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/ci@p.iam.gserviceaccount.com:generateAccessToken',
}
const federated = {
  type: 'external_account',
  audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  token_url: 'https://sts.googleapis.com/v1/token',
  credential_source: { file: program },
}

async function fileFor(t: Test, text: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-google-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, 'credentials.json'), text, { mode: 0o600 })
  return join(dir, 'credentials.json')
}

/** Runs the program with nothing of ours in its environment. No metadata server is looked for unless the test names one. */
async function ask(env: Record<string, string>) {
  const nothing = { HOME: '/nowhere', METADATA_SERVER_DETECTION: 'none' }
  const { stdout, stderr } = await run(process.execPath, [program], { env: { ...cleanEnv({}), ...nothing, ...env } })
  return { said: JSON.parse(stdout || '{}'), stderr }
}

const files: [about: string, file: object, calls: RegExp[]][] = [
  ['of gcloud', user, [/^POST \/token$/]],
  ['with a key of a service account, whose token_uri is not used', key, [/^POST \/token$/]],
  ['that impersonates a service account', impersonated, [/^POST \/token$/, /^POST .*:generateAccessToken$/]],
  ['of workload identity federation', federated, [/^POST \/v1\/token$/]],
]

for (const [about, file, calls] of files) {
  t.test(`a file ${about}: every call goes to GOOGLE_ENDPOINT_URL, and one access token serves all requests`, async t => {
    const { host, seen } = await googleServer(t)
    const { said, stderr } = await ask({
      GOOGLE_APPLICATION_CREDENTIALS: await fileFor(t, JSON.stringify(file)),
      GOOGLE_ENDPOINT_URL: `http://${host}/`,
    })
    t.strictSame([said, stderr], [{ status: 200, body: { name: 's' }, again: 200 }, ''])
    const path = '/v1/projects/p/secrets/s?fields=name'
    t.match(
      seen.map(({ method, path }) => `${method} ${path}`),
      [...calls, `POST ${path}`, `GET ${path}`],
    )
    const [first, second] = seen.slice(-2)
    t.match(first, { authorization: `Bearer ${accessToken}`, body: '{"a":"b"}' })
    t.match(second, { authorization: `Bearer ${accessToken}`, body: '' })
  })
}

t.test('an endpoint may have a path, and a proxy is used according to the address of the endpoint', async t => {
  const { host, seen } = await googleServer(t, { '/google/token': { status: 200, body: { access_token: accessToken } } })
  await ask({
    GOOGLE_APPLICATION_CREDENTIALS: await fileFor(t, JSON.stringify(user)),
    GOOGLE_ENDPOINT_URL: `http://${host}/google`,
    HTTPS_PROXY: 'http://127.0.0.1:1',
    NO_PROXY: '127.0.0.1',
  })
  t.strictSame(seen[0]?.path, '/google/token')
  t.strictSame(seen[1]?.path, '/google/v1/projects/p/secrets/s?fields=name')
})

t.test('without a file, the service account of the machine is used, from the metadata server', async t => {
  const { host, seen } = await googleServer(t)
  const { said } = await ask({
    METADATA_SERVER_DETECTION: 'assume-present',
    GCE_METADATA_HOST: host,
    GOOGLE_ENDPOINT_URL: `http://${host}`,
  })
  t.match(said, { status: 200, again: 200 })
  t.match(seen.at(-1), { authorization: `Bearer ${accessToken}` })
})

const refused: [about: string, answer: object, sentence: RegExp][] = [
  [
    'a login that has expired',
    { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
    /Google refuses the credentials .*credentials\.json\): HTTP 400, invalid_grant, Token has been expired or revoked\.; wanted an access token\. Run `gcloud auth application-default login`/,
  ],
  ['a text with a token in it', { error: { status: 'UNKNOWN', message: 'for\neyJhbGciOi.eyJh.c2ln' } }, /HTTP 400, UNKNOWN, for …; wanted/],
  ['no reason', {}, /HTTP 400; wanted/],
]

for (const [about, body, sentence] of refused) {
  t.test(`Google refuses the credentials, with ${about}: the sentence says so, and contains no secret`, async t => {
    const { host } = await googleServer(t, { '/token': { status: 400, body } })
    const { said } = await ask({
      GOOGLE_APPLICATION_CREDENTIALS: await fileFor(t, JSON.stringify(user)),
      GOOGLE_ENDPOINT_URL: `http://${host}`,
    })
    t.match(said, { kind: 'transient', sentence })
    t.notMatch(said.sentence, /a-client-secret|a-refresh-token|eyJ/)
  })
}

t.test('credentials that are not there or cannot be read are settings to correct', async t => {
  const cases: [env: Record<string, string>, sentence: RegExp][] = [
    [{}, /no Google credentials: .*gcloud auth application-default login/],
    [{ GOOGLE_APPLICATION_CREDENTIALS: '/nowhere/a.json' }, /no usable credentials in the file \/nowhere\/a\.json .*\(ENOENT\)/],
    [{ GOOGLE_APPLICATION_CREDENTIALS: await fileFor(t, 'no JSON hunter2') }, /no usable credentials in the file/],
    [{ GOOGLE_APPLICATION_CREDENTIALS: await fileFor(t, '{"type":"service_account"}') }, /no usable credentials in the file/],
    [{ GOOGLE_ENDPOINT_URL: 'here' }, /GOOGLE_ENDPOINT_URL: found no URL/],
  ]
  for (const [env, sentence] of cases) {
    const { said } = await ask(env)
    t.match(said, { kind: 'settings', sentence })
    t.notMatch(said.sentence, 'hunter2')
  }
})

t.test('Google cannot be reached: the sentence names the host and the code', async t => {
  const { said } = await ask({
    GOOGLE_APPLICATION_CREDENTIALS: await fileFor(t, JSON.stringify(user)),
    GOOGLE_ENDPOINT_URL: 'http://127.0.0.1:1',
  })
  t.match(said, { kind: 'transient', code: 'ECONNREFUSED', sentence: /ECONNREFUSED from 127\.0\.0\.1:1; wanted an answer/ })
})
