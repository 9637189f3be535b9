import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { parseRegistry } from '@ecr-anywhere/shared/registry.ts'
import t from 'tap'
import { type ExportWorld, exportCredentials } from '../../src/export/export.ts'
import type { ExportSettings } from '../../src/export/settings.ts'
import { jwt } from './world.ts'

const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'a secret', sessionToken: 'a session', expiration: new Date(3_600_000) }
const token = jwt({ iss: 'https://oidc.example', sub: 'a', aud: 'sts.amazonaws.com' })
const settings: ExportSettings = {
  source: { name: 'file', tokenFile: '-' },
  format: 'env',
  roleArn: 'arn:aws:iam::111122223333:role/ci',
  sessionName: 'build-7',
  durationSeconds: undefined,
  region: 'eu-west-1',
  registry: undefined,
  githubEnvFile: '',
}

/** Exports in a world that notes what it is asked for. */
async function exporting(given: Partial<ExportSettings>, world: Partial<ExportWorld> = {}) {
  const asked: unknown[] = []
  const noted =
    <T>(name: string, answer: T) =>
    async (...args: unknown[]) => {
      asked.push([name, ...args])
      return answer
    }
  const stdout = await exportCredentials(
    { ...settings, ...given },
    {
      identityToken: async () => token,
      assumeRole: noted('assumeRole', credentials),
      ecrPassword: noted('ecrPassword', 'a password'),
      appendGithubEnv: noted('appendGithubEnv', undefined),
      nowMs: () => 0,
      ...world,
    },
  )
  return { stdout, asked }
}

t.test('the token is exchanged for the credentials of the role, which are all of stdout', async t => {
  const { stdout, asked } = await exporting({ durationSeconds: 900 })
  t.match(stdout, "export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'\n")
  t.strictSame(asked, [['assumeRole', { roleArn: settings.roleArn, sessionName: 'build-7', durationSeconds: 900, token }]])
})

t.test('github-env: the credentials go to the file, and only commands that mask them to stdout', async t => {
  const { stdout, asked } = await exporting({ format: 'github-env', githubEnvFile: '/tmp/env' })
  t.match(stdout, /^(?:::add-mask::.+\n){3}$/)
  t.match(asked[1], ['appendGithubEnv', '/tmp/env', /^AWS_ACCESS_KEY_ID=ASIAEXAMPLE\n/])
})

const registries: [registry: string | undefined, scope: object][] = [
  [undefined, { kind: 'private', region: 'eu-west-1', fips: false, dualStack: false }],
  ['111122223333.dkr.ecr-fips.us-east-1.amazonaws.com', { kind: 'private', region: 'us-east-1', fips: true }],
  ['public.ecr.aws', { kind: 'public' }],
]

for (const [registry, scope] of registries) {
  t.test(`docker-login: the password is that of ${registry ?? 'the registries of the region'}`, async t => {
    const { stdout, asked } = await exporting({
      format: 'docker-login',
      registry: registry === undefined ? undefined : parseRegistry(registry),
    })
    t.equal(stdout, 'a password\n')
    t.match(asked[1], ['ecrPassword', { scope, credentials, roleArn: settings.roleArn }])
  })
}

t.test('a token that is no JWT is not sent to AWS, and not shown', async t => {
  const opaque = `ya29.${'x'.repeat(100)}`
  const error = await exporting({}, { identityToken: async () => opaque }).catch((error: unknown) => error)
  t.match(error, { code: 'MalformedToken', message: /found a text of 105 characters from the source file; wanted an identity token/ })
  t.notMatch((error as Fault).message, 'xxx')
})

t.test('if AWS refuses the token, its claims are shown, and its signature is not', async t => {
  const refused = Object.assign(new Error('a text of AWS'), { name: 'AccessDenied' })
  const error = await exporting({}, { assumeRole: () => Promise.reject(refused) }).catch((error: unknown) => error)
  t.ok(error instanceof Fault)
  t.match((error as Fault).message, /that AWS refuses the token: AccessDenied .* iss "https:\/\/oidc\.example"/)
  t.notMatch((error as Fault).message, token.split('.')[2])
})
