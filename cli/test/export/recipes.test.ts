import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBinaries } from '@ecr-anywhere/scripts/cluster/build.ts'
import { blocksRunBy } from '@ecr-anywhere/scripts/docs/block-marks.ts'
import { blocksOf } from '@ecr-anywhere/scripts/docs/markdown.ts'
import { readPages } from '@ecr-anywhere/scripts/docs/pages.ts'
import { startPublicFront } from '@ecr-anywhere/scripts/testbed/public-front.ts'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { jwt, person, worldFor } from './world.ts'

/** The recipes are run as they are written: these are the names in them. */
const registry = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const pusher = { email: 'pusher@my-project.iam.gserviceaccount.com', uniqueId: '112233445566778899002' }
const session = (role: string, name: string) => `arn:aws:sts::123456789012:assumed-role/${role}/${name}\n`

const folder = fileURLToPath(new URL('../../../deploy/examples/federation/', import.meta.url))
const textOf = (name: string) => readFile(join(folder, name), 'utf8')
const loggedIn = { code: 0, stdout: 'Login Succeeded\n', stderr: '' }
/** The recipes that were run. */
const run: string[] = []

const world = await worldFor(t)
const { aws, google, github } = world
google.putAccount(pusher)
const role = (name: string) => ({ arn: `arn:aws:iam::123456789012:role/${name}` })
aws.addRole({
  ...role('push-from-google'),
  iss: 'https://accounts.google.com',
  sub: pusher.uniqueId,
  aud: pusher.email,
  oaud: 'https://aws.example.com',
})
aws.addRole({ ...role('push-from-github'), iss: 'https://token.actions.githubusercontent.com', aud: 'sts.amazonaws.com' })
aws.addRole({ ...role('push-from-gitlab'), iss: 'https://gitlab.com', aud: 'sts.amazonaws.com' })
const front = await startPublicFront({ [registry]: aws.port })
t.teardown(front.stop)

const programs = new URL('programs/', import.meta.url)
for (const name of ['docker', 'buildctl']) await world.command(name, fileURLToPath(new URL(`${name}.ts`, programs)))
await world.command('aws', fileURLToPath(new URL('whoami.ts', import.meta.url)))
await symlink(join(await ensureBinaries('helm'), 'helm'), join(world.dir, 'helm'))
await mkdir(join(world.dir, 'ci'))
await cp(join(folder, 'ecr-anywhere'), join(world.dir, 'ci/ecr-anywhere'))
await mkdir(join(world.dir, '.docker'))

const ca = await world.file('ca.crt', front.ca)
const { AWS_ENDPOINT_URL = '', GOOGLE_ENDPOINT_URL = '' } = world.env('')
/** Where the emulators are, and where the registry is found. */
const emulators = { AWS_ENDPOINT_URL, GOOGLE_ENDPOINT_URL, HTTPS_PROXY: front.url, NO_PROXY: '127.0.0.1', SSL_CERT_FILE: ca }
const login = await world.file('user.json', JSON.stringify(google.authorizedUserFile(person.email)))
/** The laptop of a person with gcloud. */
const laptop = { ...emulators, METADATA_SERVER_DETECTION: 'none', GOOGLE_APPLICATION_CREDENTIALS: login, USER: 'dev' }
const settings = {
  GCP_SERVICE_ACCOUNT: pusher.email,
  TARGET_AUDIENCE_URL: 'https://aws.example.com',
  AWS_IAM_ROLE_ARN: role('push-from-google').arn,
  AWS_SESSION_NAME: 'dev',
  AWS_REGION: 'us-east-1',
}

function recipe(name: string, about: string, test: (t: Test, text: string) => Promise<unknown>): void {
  run.push(name)
  t.test(`${name}: ${about}`, async t => void (await test(t, await textOf(name))))
}

/** Who got the password of the registry last. */
const lastCaller = () => aws.calls().last.findLast(({ api }) => api === 'ecr')?.principal

recipe('cloudbuild.yaml', 'the step pushes as the build’s identity', async (t, text) => {
  google.setMachine({ account: person.email })
  const [step] = parse(text).steps as { env: string[]; script: string }[]
  const machine = { ...emulators, GCE_METADATA_HOST: google.host, METADATA_SERVER_DETECTION: 'assume-present' }
  const given = step?.env.map(pair => pair.replace('$BUILD_ID', '42').split(/=(.*)/s).slice(0, 2)) ?? []
  t.strictSame(await world.shell(step?.script ?? '', { ...machine, ...Object.fromEntries(given) }), loggedIn)
  t.equal(`${lastCaller()}\n`, session('push-from-google', 'cloud-build-42'))
})

recipe('github-actions.yaml', 'a step pushes, and a later step has the credentials of the one before', async (t, text) => {
  const { permissions, jobs } = parse(text)
  t.equal(permissions['id-token'], 'write')
  const [push, credentials, use] = jobs.push.steps.flatMap((step: { run?: string }) => step.run ?? []) as string[]
  const envFile = await world.file('github-env', 'LEFT=by an earlier step')
  const env = { ...emulators, ...github.env, ...jobs.push.env, GITHUB_ENV: envFile, GITHUB_RUN_ID: '7' }
  t.strictSame(await world.shell(push ?? '', env), loggedIn)
  const masks = await world.shell(credentials ?? '', env)
  t.match(masks, { code: 0, stdout: /^(?:::add-mask::\S+\n){3}$/, stderr: '' })
  const lines = (await readFile(envFile, 'utf8')).trimEnd().split('\n')
  t.equal(lines[0], 'LEFT=by an earlier step')
  const next = Object.fromEntries(lines.map(line => line.split(/=(.*)/s).slice(0, 2)))
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
    t.ok(masks.stdout.includes(`::${next[name]}\n`), name)
  const { stdout } = await world.shell(use ?? '', { AWS_ENDPOINT_URL, ...jobs.push.env, ...next })
  t.equal(stdout, session('push-from-github', 'github-7'))
})

recipe('gitlab-ci.yaml', 'the job pushes with the token in its variable', async (t, text) => {
  const { push } = parse(text)
  const { aud } = push.id_tokens.AWS_ID_TOKEN
  const given = { AWS_ID_TOKEN: jwt({ iss: 'https://gitlab.com', sub: 'project_path:octo/app', aud }), CI_JOB_ID: '9' }
  t.strictSame(await world.shell(push.script.join('\n'), { ...emulators, ...push.variables, ...given }), loggedIn)
  t.equal(`${lastCaller()}\n`, session('push-from-gitlab', 'gitlab-9'))
})

recipe('laptop.sh', 'a person with gcloud is the role', async (t, text) => {
  t.strictSame(await world.shell(text, laptop), { code: 0, stdout: session('push-from-google', 'dev'), stderr: '' })
  const failed = await world.shell(text, { ...laptop, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })
  t.match(failed, { code: 1, stdout: '', stderr: /^ecr-anywhere: found ECONNREFUSED/ }, 'a failure ends the script')
})

recipe('aws-config', 'the SDK gets the credentials of a profile from the command', async t => {
  const env = { ...laptop, AWS_CONFIG_FILE: join(folder, 'aws-config'), AWS_PROFILE: 'push' }
  t.strictSame(await world.shell('whoami', env), { code: 0, stdout: session('push-from-google', 'laptop'), stderr: '' })
})

recipe('docker-login.sh', 'the registry accepts the password', async (t, text) => {
  t.strictSame(await world.shell(text, { ...laptop, ...settings }), loggedIn)
  const failed = await world.shell(text, { ...laptop, ...settings, AWS_IAM_ROLE_ARN: role('nobody').arn })
  t.match(failed, { code: 1, stdout: '', stderr: /^ecr-anywhere: found that AWS refuses the token: AccessDenied/ })
})

recipe('helm-registry-login.sh', 'the real Helm logs in', async (t, text) => {
  t.strictSame(await world.shell(text, { ...laptop, ...settings }), loggedIn)
  t.match(await readFile(join(world.dir, '.config/helm/registry/config.json'), 'utf8'), registry)
})

recipe('buildkit.sh', 'the login is in a folder that is removed at the end', async (t, text) => {
  const { code, stdout } = await world.shell(text, { ...laptop, ...settings })
  t.match({ code, stdout }, { code: 0, stdout: `Login Succeeded\npushed type=image,name=${registry}/app:latest,push=true\n` })
})

recipe('ecr-anywhere', 'the login of gcloud is mounted, where gcloud keeps it', async t => {
  const CLOUDSDK_CONFIG = join(world.dir, 'gcloud')
  await mkdir(CLOUDSDK_CONFIG)
  await cp(login, join(CLOUDSDK_CONFIG, 'application_default_credentials.json'))
  const { GOOGLE_APPLICATION_CREDENTIALS, ...rest } = { ...laptop, ...settings, CLOUDSDK_CONFIG, ECR_ANYWHERE_IMAGE: 'ecr-anywhere' }
  t.match(await world.shell('ci/ecr-anywhere export --format json', rest), { code: 0, stdout: /"AccessKeyId"/, stderr: '' })
  const { ECR_ANYWHERE_IMAGE, ...without } = rest
  t.match(await world.shell('ci/ecr-anywhere export', without), { code: 2, stdout: '', stderr: /ECR_ANYWHERE_IMAGE/ })
})

const docker = ['/usr/bin/docker', '/usr/local/bin/docker'].find(path => existsSync(path))
t.test('the real Docker logs in as its stand-in does', { skip: docker === undefined && 'Docker is not installed here' }, async t => {
  const text = (await textOf('docker-login.sh')).replace('| docker', `| ${docker}`)
  t.match(await world.shell(text, { ...laptop, ...settings, DOCKER_CONFIG: join(world.dir, 'real') }), {
    code: 0,
    stdout: /Login Succeeded/,
  })
  t.match(await readFile(join(world.dir, 'real/config.json'), 'utf8'), registry)
})

t.test('every recipe is run, and each begins with a comment', async t => {
  t.strictSame(run.toSorted(), (await readdir(folder)).toSorted())
  for (const name of run) t.match(await textOf(name), /^(?:#!\/bin\/sh\n)?# [A-Z`]/, name)
})

t.test('the commands of the page export credentials', async t => {
  const page = (await readPages()).get('docs/consumers/export.md') ?? ''
  const [block, ...others] = blocksRunBy('cli/test/export/recipes.test.ts', blocksOf(page))
  t.same(others, [])
  const { code, stdout, stderr } = await world.shell(`${block?.text}\nwhoami`, laptop)
  t.strictSame({ code, stdout, stderr }, { code: 0, stdout: session('push-from-google', 'build-7'), stderr: '' })
})
