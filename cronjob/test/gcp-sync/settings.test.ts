import { sentence } from '@ecr-anywhere/shared/fault.ts'
import { readSettings, settingsOf } from '@ecr-anywhere/shared/settings.ts'
import t from 'tap'
import { platformOf } from '../../src/gcp-sync/identity-source.ts'
import { readGcpSyncSettings } from '../../src/gcp-sync/settings.ts'
import { target } from './examples.ts'

const env = {
  GCP_PROJECT_ID: 'my-project',
  GCP_LOCATION: 'europe-west1',
  GCP_REPOSITORY_NAME: 'ecr',
  GCP_SECRET_NAME: 'login',
  AWS_REGION: 'us-east-1',
  AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/gcp-ecr',
  AWS_AUDIENCE: 'sts.amazonaws.com',
}

function read(env: Record<string, string>, file?: string) {
  return readGcpSyncSettings(readSettings(settingsOf['gcp-sync'], env), { file, platform: platformOf(env) })
}

function problemsOf(env: Record<string, string>, file?: string): string {
  try {
    read(env, file)
    return 'none'
  } catch (error) {
    return sentence(error)
  }
}

t.test('the variables alone describe one target', async t => {
  t.strictSame(read(env), {
    targets: [target()],
    keepVersions: 2,
    identity: { kind: 'metadata', audience: 'sts.amazonaws.com' },
    debug: false,
  })
})

t.test('AWS_ECR_USERNAME is AWS unless it is set, for a proxy of ECR', async t => {
  t.equal(read(env).targets[0]?.username, 'AWS')
  t.equal(read({ ...env, AWS_ECR_USERNAME: 'proxy' }).targets[0]?.username, 'proxy')
  t.match(problemsOf({ ...env, AWS_ECR_USERNAME: 'a b' }), 'AWS_ECR_USERNAME: found "a b", wanted the user name for ECR')
})

t.test('DEBUG is True or False', async t => {
  t.equal(read({ ...env, DEBUG: 'True' }).debug, true)
  t.equal(read({ ...env, DEBUG: 'False' }).debug, false)
  t.match(problemsOf({ ...env, DEBUG: 'yes' }), 'DEBUG: found "yes", wanted True or False')
})

t.test('all missing variables are reported at once', async t => {
  const problems = problemsOf({})
  for (const name of [...Object.keys(env)]) t.match(problems, `${name}: found n`, name)
  t.match(problems, '7 faulty settings')
})

const invalid: [name: keyof typeof env, value: string][] = [
  ['GCP_PROJECT_ID', 'My Project'],
  ['GCP_PROJECT_ID', '123456789012'],
  ['GCP_LOCATION', 'europe-west1-b'],
  ['GCP_REPOSITORY_NAME', 'projects/p/locations/l/repositories/r'],
  ['GCP_SECRET_NAME', 'projects/p/locations/europe-west1/secrets/login'],
  ['GCP_SECRET_NAME', 'login/versions/latest'],
  ['AWS_REGION', 'europe-west1'],
  ['AWS_ROLE_ARN', 'arn:aws:iam::123456789012:user/me'],
]

for (const [name, value] of invalid) {
  t.test(`${name}=${value} is refused`, async t => {
    t.match(problemsOf({ ...env, [name]: value }), `${name}: found ${JSON.stringify(value)}, wanted `)
  })
}

t.test('a role of another partition than the region is refused', async t => {
  t.match(problemsOf({ ...env, AWS_REGION: 'cn-north-1' }), 'found a role of the partition aws for a registry in cn-north-1')
})

t.test('on GKE the token file is used', async t => {
  const gke = { ...env, KUBERNETES_SERVICE_HOST: '10.0.0.1', AWS_OIDC_TOKEN_PATH: '/var/run/token' }
  t.strictSame(read(gke).identity, { kind: 'file', path: '/var/run/token' })
})

t.test('a variable for the wrong platform is explained', async t => {
  const { AWS_AUDIENCE: _, ...rest } = env
  t.match(problemsOf({ ...env, CLOUD_RUN_JOB: 'sync', AWS_OIDC_TOKEN_PATH: '/var/run/token' }), /on Cloud Run, wanted no such variable/)
  t.match(problemsOf({ ...rest, CLOUD_RUN_JOB: 'sync' }), /AWS_AUDIENCE: found nothing on Cloud Run/)
  t.match(problemsOf({ ...rest, KUBERNETES_SERVICE_HOST: '10.0.0.1' }), /AWS_OIDC_TOKEN_PATH: found nothing in a Kubernetes pod/)
  t.match(problemsOf(rest), /found neither it nor AWS_OIDC_TOKEN_PATH/)
})

t.test('a file lists many targets, and the variables fill in what they lack', async t => {
  const { GCP_REPOSITORY_NAME: _, ...rest } = env
  const file = `
keepVersions: 3
targets:
  - repository: ecr
  - {repository: other, project: other-project, location: us, secret: eu, secretProject: secrets-project,
     region: eu-west-1, roleArn: "arn:aws:iam::210987654321:role/eu", username: proxy}
`
  t.match(read(rest, file), {
    keepVersions: 3,
    targets: [
      target(),
      target('other', {
        project: 'other-project',
        location: 'us',
        secret: { project: 'secrets-project', secret: 'eu' },
        username: 'proxy',
        aws: { region: 'eu-west-1', roleArn: 'arn:aws:iam::210987654321:role/eu' },
      }),
    ],
  })
  t.equal(read(env, 'keepVersions: 4').keepVersions, 4)
})

const faultyFiles: [about: string, file: string, problem: RegExp][] = [
  ['no map', '- a', /TARGETS_FILE: found a list, wanted a map with `targets`/],
  ['no target', 'targets: []', /TARGETS_FILE\.targets: found an empty list, wanted at least one target/],
  ['an unknown key', 'targets: [{repository: a, registry: b}]', /TARGETS_FILE\.targets\[0\]: found unknown keys registry/],
  ['a target without repository', 'targets: [{secret: a}]', /TARGETS_FILE\.targets\[0\]\.repository: found nothing/],
  ['an invalid value', 'targets: [{repository: a, secret: "a/b"}]', /TARGETS_FILE\.targets\[0\]\.secret: found "a\/b", wanted the name/],
  ['too few versions', 'keepVersions: 1', /TARGETS_FILE\.keepVersions: found 1, wanted a whole number of at least 2/],
  ['the same repository twice', 'targets: [{repository: a}, {repository: a}]', /repositories\/a in 2 targets, wanted one/],
  [
    'one secret for two regions',
    'targets: [{repository: a}, {repository: b, region: eu-west-1}]',
    /found targets that share projects\/my-project\/secrets\/login but not their role and region/,
  ],
]

for (const [about, file, problem] of faultyFiles) {
  t.test(`a file with ${about} is refused`, async t => {
    const { GCP_REPOSITORY_NAME: _, ...rest } = env
    t.match(problemsOf(rest, file), problem)
  })
}

t.test('a repository in a variable and targets in a file contradict each other', async t => {
  t.match(problemsOf(env, 'targets: [{repository: a}]'), /GCP_REPOSITORY_NAME: found "ecr" beside the targets of TARGETS_FILE/)
})
