import t from 'tap'
import { audience, gitlab, identity, job, jwt, person, serviceAccount, sessionArn, type World, worldFor } from './world.ts'

const world = await worldFor(t)
const { google, github, azure } = world

const googleFlags = `--gcp-service-account ${serviceAccount.email} --target-audience-url ${audience}`
const gitlabToken = jwt(gitlab)
const aksToken = jwt({ iss: identity.federated.issuer, sub: identity.federated.subject, aud: ['api://AzureADTokenExchange'] })
const azureEnv = { TARGET_AUDIENCE_URL: 'api://aws', AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.url }
const json = (name: string, value: unknown) => world.file(name, JSON.stringify(value))

interface Case {
  about: string
  role: string
  flags: string
  env: (world: World) => Promise<Record<string, string>> | Record<string, string>
}

const cases: Case[] = [
  {
    about: 'google, by a login of gcloud',
    role: 'google',
    flags: googleFlags,
    env: async () => ({ GOOGLE_APPLICATION_CREDENTIALS: await json('user.json', google.authorizedUserFile(person.email)) }),
  },
  {
    about: 'google, by the key of a service account',
    role: 'google',
    flags: googleFlags,
    env: async () => ({ GOOGLE_APPLICATION_CREDENTIALS: await json('key.json', google.serviceAccountFile(serviceAccount.email)) }),
  },
  {
    about: 'google, by the service account of the machine, with variables',
    role: 'google',
    flags: '',
    env: () => {
      google.setMachine({ account: serviceAccount.email })
      const machine = { METADATA_SERVER_DETECTION: 'assume-present', GCE_METADATA_HOST: google.host }
      return { ...machine, GCP_SERVICE_ACCOUNT: serviceAccount.email, TARGET_AUDIENCE_URL: audience }
    },
  },
  { about: 'github, whose subject has names', role: 'github', flags: '--source github', env: () => github.env },
  {
    about: 'github, whose subject has ids',
    role: 'github-ids',
    flags: '--source github --target-audience-url sts.amazonaws.com',
    env: () => {
      github.setJob({ ...job, environment: 'prod', subjectHasIds: true })
      return github.env
    },
  },
  {
    about: 'a file',
    role: 'gitlab',
    flags: '--source file',
    env: async () => ({ AWS_WEB_IDENTITY_TOKEN_FILE: await world.file('gitlab.jwt', `${gitlabToken}\n`) }),
  },
  { about: 'azure, by the identity of the machine', role: 'azure', flags: '--source azure', env: () => azureEnv },
  {
    about: 'azure, by workload identity',
    role: 'azure',
    flags: '--source azure',
    env: async () => ({
      ...azureEnv,
      AZURE_AUTHORITY_HOST: `${azure.url}/`,
      AZURE_TENANT_ID: 'c0ffee00-0000-0000-0000-000000000003',
      AZURE_CLIENT_ID: identity.clientId,
      AZURE_FEDERATED_TOKEN_FILE: await world.file('aks.jwt', aksToken),
    }),
  },
]

for (const { about, role, flags, env } of cases) {
  t.test(`${about}: a new shell that evaluates the block is the expected caller to AWS, and stderr is empty`, async t => {
    const given = { ...world.env(role), ...(await env(world)) }
    const { code, stdout, stderr } = await world.shell(`eval "$(ecr-anywhere export ${flags})"\nunset AWS_IAM_ROLE_ARN\nwhoami`, given)
    t.strictSame([code, stdout, stderr], [0, `${sessionArn(role)}\n`, ''])
    const block = await world.shell(`ecr-anywhere export ${flags}`, given)
    t.match(block.stdout, /^(?:export AWS_[A-Z_]+='[\w+/=:-]+'\n){4}$/)
    t.equal(block.stderr, '')
    t.ok(world.leaks(block.stdout) > 0, 'the secrets of the emulators are found where they are')
  })
}

t.test('a token on stdin', async t => {
  const script = `eval "$(printf %s "$ID_TOKEN" | ecr-anywhere export --source file --token-file -)"; whoami`
  const { stdout, stderr } = await world.shell(script, { ...world.env('gitlab'), ID_TOKEN: gitlabToken })
  t.strictSame([stdout, stderr], [`${sessionArn('gitlab')}\n`, ''])
})

t.test('the credentials last as long as --duration says', async t => {
  const env = { ...world.env('gitlab'), AWS_WEB_IDENTITY_TOKEN_FILE: await world.file('duration.jwt', gitlabToken) }
  for (const [flag, seconds] of [
    ['', 3600],
    ['--duration 15m', 900],
    ['--duration 12h', 43_200],
  ] as const) {
    const { stdout } = await world.shell(`ecr-anywhere export --source file --format json ${flag}`, env)
    const leftSeconds = (Date.parse(JSON.parse(stdout).Expiration) - Date.now()) / 1000
    t.ok(leftSeconds > seconds - 60 && leftSeconds <= seconds, `${flag}: ${leftSeconds}`)
  }
})

t.test('GitHub and Google are asked again after 503', async t => {
  google.fault({ fault: 'throttled', api: 'iamcredentials', times: 1, retrySeconds: 0 })
  github.failNext(503)
  const file = await json('again.json', google.authorizedUserFile(person.email))
  const flags = [`${googleFlags}`, '--source github']
  for (const [at, role] of ['google', 'github-ids'].entries()) {
    const env = { ...world.env(role), ...github.env, GOOGLE_APPLICATION_CREDENTIALS: file }
    t.match(await world.shell(`ecr-anywhere export --format json ${flags[at]}`, env), { code: 0, stderr: '' })
  }
})
