import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import type { Env, Given } from '../../src/export/option-values.ts'
import { exportFlags, sourceNames } from '../../src/export/options.ts'
import { readExportSettings } from '../../src/export/settings.ts'

const roleArn = 'arn:aws:iam::111122223333:role/team/ci'
const aws = { AWS_IAM_ROLE_ARN: roleArn, AWS_SESSION_NAME: 'build-7' }
const google = { ...aws, GCP_SERVICE_ACCOUNT: 'ci@p.iam.gserviceaccount.com', TARGET_AUDIENCE_URL: 'https://aws.example.com' }
const github = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example.com/idtoken?api-version=2.0',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'r',
}

const read = (given: Given, env: Env, region: string | undefined = 'eu-west-1') => readExportSettings(given, { env, region })

function problemsOf(given: Given, env: Env, region?: string): string {
  try {
    read(given, env, region)
  } catch (error) {
    if (error instanceof Fault && error.kind === 'settings') return error.message
    throw error
  }
  return 'none'
}

t.test('the four flags of the Google flow, and their variables, which the flags override', async t => {
  const expected = {
    source: { name: 'google', serviceAccount: google.GCP_SERVICE_ACCOUNT, audience: google.TARGET_AUDIENCE_URL },
    format: 'env',
    roleArn,
    sessionName: 'build-7',
    durationSeconds: undefined,
    region: 'eu-west-1',
    registry: undefined,
    githubEnvFile: '',
  }
  t.strictSame(read({}, google), expected)
  const flags = {
    gcpServiceAccount: google.GCP_SERVICE_ACCOUNT,
    targetAudienceUrl: google.TARGET_AUDIENCE_URL,
    awsIamRoleArn: roleArn,
    awsSessionName: 'build-7',
  }
  t.strictSame(read(flags, { GCP_SERVICE_ACCOUNT: 'other@p.iam.gserviceaccount.com', AWS_SESSION_NAME: 'other' }), expected)
  t.strictSame(read({ ...flags, awsSessionName: '' }, google), expected, 'an empty flag is treated as absent')
})

const missing: [source: string, env: Env, names: string[]][] = [
  ['google', {}, ['--gcp-service-account (GCP_SERVICE_ACCOUNT)', '--target-audience-url (TARGET_AUDIENCE_URL)']],
  ['github', {}, ['ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL']],
  ['file', {}, ['--token-file (AWS_WEB_IDENTITY_TOKEN_FILE)']],
  ['azure', { AZURE_FEDERATED_TOKEN_FILE: '/a' }, ['--target-audience-url (TARGET_AUDIENCE_URL)', 'AZURE_TENANT_ID', 'AZURE_CLIENT_ID']],
  ['kubernetes', {}, ['--service-account']],
]

for (const [source, env, names] of missing) {
  t.test(`everything that the source ${source} lacks is named at once`, async t => {
    const text = problemsOf({ source }, env)
    const all = [...names, '--aws-iam-role-arn (AWS_IAM_ROLE_ARN)', '--aws-session-name (AWS_SESSION_NAME)']
    t.strictSame(
      [...text.matchAll(/^ {2}- (.+?): found nothing, wanted ./gm)].map(([, name]) => name),
      all,
    )
  })
}

t.equal(missing.length, sourceNames.length)

t.test('of an unknown source, only its name is a problem', async t => {
  t.match(problemsOf({ source: 'gitlab', tokenFile: '/a' }, aws), /^found a faulty option, --source: found "gitlab", wanted google/)
})

t.test('a faulty option refers to the help, and a faulty variable to the page of the settings', async t => {
  t.match(problemsOf({ source: 'gitlab' }, aws), 'wanted options as --help lists them')
  t.match(problemsOf({ format: 'github-env' }, google), 'wanted settings as docs/reference/settings.md lists them')
})

const accepted: [about: string, given: Given, env: Env, expected: object][] = [
  [
    'github, with the audience of AWS',
    { source: 'github' },
    { ...aws, ...github },
    { source: { name: 'github', audience: 'sts.amazonaws.com' } },
  ],
  ['a file', { source: 'file', tokenFile: '-' }, aws, { source: { name: 'file', tokenFile: '-' } }],
  ['the variable of a file', { source: 'file' }, { ...aws, AWS_WEB_IDENTITY_TOKEN_FILE: '/a' }, { source: { tokenFile: '/a' } }],
  [
    'kubernetes',
    { source: 'kubernetes', serviceAccount: 'ci/push' },
    aws,
    { source: { name: 'kubernetes', audience: 'sts.amazonaws.com', namespace: 'ci', serviceAccount: 'push' } },
  ],
  [
    'azure, by the metadata service',
    { source: 'azure', targetAudienceUrl: 'api://aws' },
    { ...aws, AZURE_CLIENT_ID: 'c' },
    { source: { audience: 'api://aws', clientId: 'c', metadataUrl: 'http://169.254.169.254', workloadIdentity: undefined } },
  ],
  [
    'azure, by workload identity',
    { source: 'azure', targetAudienceUrl: 'api://aws' },
    { ...aws, AZURE_CLIENT_ID: 'c', AZURE_TENANT_ID: 't', AZURE_FEDERATED_TOKEN_FILE: '/a' },
    { source: { workloadIdentity: { authorityUrl: 'https://login.microsoftonline.com', tenantId: 't', tokenFile: '/a' } } },
  ],
  ['a duration of 15 minutes', { duration: '15m' }, google, { durationSeconds: 900 }],
  ['a duration of 12 hours', { duration: '12h' }, google, { durationSeconds: 43_200 }],
  ['a registry', { format: 'docker-login', registry: 'public.ecr.aws' }, google, { format: 'docker-login', registry: { kind: 'public' } }],
  ['the file of GitHub', { format: 'github-env' }, { ...google, GITHUB_ENV: '/e' }, { format: 'github-env', githubEnvFile: '/e' }],
  [
    'a role of another partition, whose STS is in its own region',
    { awsIamRoleArn: 'arn:aws-cn:iam::111122223333:role/ci' },
    google,
    { region: 'cn-north-1' },
  ],
]

for (const [about, given, env, expected] of accepted) {
  t.test(`accepted: ${about}`, async t => void t.match(read(given, env), expected))
}

const refused: [about: string, given: Given, env: Env, sentence: RegExp][] = [
  ['a source', { source: 'gitlab' }, google, /--source: found "gitlab", wanted google, github, file, azure, kubernetes/],
  ['a format', { format: 'yaml' }, google, /--format: found "yaml", wanted env, json, /],
  [
    'an ARN of a user',
    { awsIamRoleArn: 'arn:aws:iam::111122223333:user/a' },
    google,
    /--aws-iam-role-arn \(AWS_IAM_ROLE_ARN\): found "arn/,
  ],
  ['a session name with a space', { awsSessionName: 'a b' }, google, /--aws-session-name \(AWS_SESSION_NAME\): found "a b"/],
  ['an account without @', { gcpServiceAccount: '1234' }, google, /--gcp-service-account \(GCP_SERVICE_ACCOUNT\): found "1234"/],
  ['14 minutes', { duration: '14m59s' }, google, /--duration: found "14m59s", wanted a duration such as 1h, from 15m to 12h/],
  ['more than 12 hours', { duration: '12h1s' }, google, /--duration: found "12h1s"/],
  ['a number of seconds', { duration: '3600' }, google, /--duration: found "3600"/],
  ['a registry with a path', { format: 'docker-login', registry: 'public.ecr.aws/a' }, google, /--registry: found "public.ecr.aws\/a"/],
  [
    'a registry for another format',
    { registry: 'public.ecr.aws' },
    google,
    /--registry: found a value, wanted it with --format docker-login/,
  ],
  ['github-env outside of GitHub', { format: 'github-env' }, google, /GITHUB_ENV: found nothing/],
  ['a flag of another source', { source: 'github', tokenFile: '/a' }, { ...aws, ...github }, /--token-file: found a value, wanted none/],
  ['a URL that is none', { source: 'github' }, { ...aws, ...github, ACTIONS_ID_TOKEN_REQUEST_URL: 'x' }, /REQUEST_URL: found no URL/],
  [
    'a session name of one letter',
    { awsSessionName: 'a' },
    google,
    /found "a", wanted .*: 2 to 64 letters, digits and characters of _\+=,\.@-/,
  ],
  ['a service account without namespace', { source: 'kubernetes', serviceAccount: 'a' }, aws, /--service-account: found "a"/],
]

for (const [about, given, env, sentence] of refused) {
  t.test(`refused: ${about}`, async t => void t.match(problemsOf(given, env), sentence))
}

t.test('a region that cannot be one is refused', async t => {
  t.match(
    problemsOf({}, google, 'US-EAST-1'),
    /AWS_REGION: found "US-EAST-1", wanted the AWS region whose STS is called, such as us-east-1/,
  )
})

t.test('no region is one of the problems', async t => {
  try {
    readExportSettings({}, { env: {}, region: undefined })
    t.fail('it was accepted')
  } catch (error) {
    t.match(error, { message: /AWS_REGION: found nothing, wanted the AWS region[\s\S]*5 faulty settings: .*AWS_REGION/ })
  }
})

t.test('a token that was given where its file is wanted is not shown', async t => {
  const text = problemsOf({ source: 'file', tokenFile: 'eyJhbGciOi.eyJpc3M.c2ln' }, aws)
  t.match(text, /--token-file: found a text of 23 characters, wanted the path of a file with the token, not the token/)
  t.notMatch(text, 'eyJ')
})

t.test('the help names each variable and default', async t => {
  const help = new Map(exportFlags.map(([flags, about]) => [flags, about]))
  t.equal(help.get('--gcp-service-account <email>'), 'the email of the Google service account to sign as (GCP_SERVICE_ACCOUNT)')
  t.match(help.get('--duration <duration>'), /; default: 1h$/)
})
