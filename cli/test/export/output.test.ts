import { chmod, readFile } from 'node:fs/promises'
import { startPublicFront } from '@ecr-anywhere/scripts/testbed/public-front.ts'
import t from 'tap'
import { failure, gitlab, jwt, sessionArn, worldFor } from './world.ts'

const world = await worldFor(t)
const { aws } = world
const env = { ...world.env('gitlab'), AWS_WEB_IDENTITY_TOKEN_FILE: await world.file('token.jwt', jwt(gitlab)) }
const privateHost = '111122223333.dkr.ecr.eu-west-1.amazonaws.com'

for (const [host, flags] of [
  [privateHost, ''],
  ['111122223333.dkr.ecr.ap-south-1.amazonaws.com', '--registry 111122223333.dkr.ecr.ap-south-1.amazonaws.com'],
  ['public.ecr.aws', '--registry public.ecr.aws'],
]) {
  t.test(`docker-login ${flags}: stdout is the password alone, which opens ${host}`, async t => {
    const { code, stdout, stderr } = await world.shell(`ecr-anywhere export --source file --format docker-login ${flags}`, env)
    t.strictSame([code, stderr], [0, ''])
    t.match(stdout, /^\S{500,}\n$/)
    const authorization = `Basic ${Buffer.from(`AWS:${stdout.trim()}`).toString('base64')}`
    const answer = await fetch(`${aws.url}/v2/`, { headers: { authorization, 'x-forwarded-host': host ?? '' } })
    t.equal(answer.status, 200)
  })
}

t.test('docker-login: a password that has expired already is an error', async t => {
  aws.fault({ fault: 'already-expired', api: 'ecr' })
  t.teardown(() => aws.heal())
  t.match(
    await failure(t, world, { flags: '--source file --format docker-login', env }),
    /found a new token from ecr:GetAuthorizationToken .* that expired at/,
  )
})

t.test('github-env: the file has the variables, and stdout has the masks alone', async t => {
  const GITHUB_ENV = await world.file('github-env', '')
  const { code, stdout, stderr } = await world.shell('ecr-anywhere export --source file --format github-env', { ...env, GITHUB_ENV })
  t.strictSame([code, stderr], [0, ''])
  t.match(stdout, /^(?:::add-mask::[\w+/=]+\n){3}$/)
  const text = await readFile(GITHUB_ENV, 'utf8')
  t.match(text, /^AWS_ACCESS_KEY_ID=ASIA\w+\nAWS_SECRET_ACCESS_KEY=\S+\nAWS_SESSION_TOKEN=\S+\nAWS_CREDENTIAL_EXPIRATION=\S+Z\n$/)
})

t.test('github-env: a file that is not there is an error, and no mask is printed', async t => {
  const given = { ...env, GITHUB_ENV: '/nowhere/env' }
  t.match(
    await failure(t, world, { flags: '--source file --format github-env', env: given, code: 2 }),
    /GITHUB_ENV: found \/nowhere\/env \(ENOENT\)/,
  )
})

t.test('without AWS_ENDPOINT_URL, the regional STS is called, through HTTPS_PROXY and with AWS_CA_BUNDLE', async t => {
  const front = await startPublicFront({ 'sts.eu-west-1.amazonaws.com': aws.port, 'sts.cn-north-1.amazonaws.com.cn': aws.port })
  t.teardown(front.stop)
  const { AWS_ENDPOINT_URL, ...without }: Record<string, string> = env
  const proxied = { ...without, HTTPS_PROXY: front.url, AWS_CA_BUNDLE: await world.file('ca.crt', front.ca) }
  t.match(await world.shell('ecr-anywhere export --source file', proxied), { code: 0, stdout: /^export AWS_ACCESS_KEY_ID=/, stderr: '' })
  t.strictSame(front.connected, ['sts.eu-west-1.amazonaws.com:443'])
  aws.addRole({ arn: 'arn:aws-cn:iam::111122223333:role/gitlab' })
  await world.shell('ecr-anywhere export --source file --aws-iam-role-arn arn:aws-cn:iam::111122223333:role/gitlab', proxied)
  t.equal(
    front.connected.at(-1),
    'sts.cn-north-1.amazonaws.com.cn:443',
    'a role of another partition is known to the STS of that partition',
  )
  const { AWS_CA_BUNDLE, ...untrusted }: Record<string, string> = proxied
  t.match(
    await failure(t, world, { flags: '--source file', env: untrusted }),
    /from sts:AssumeRoleWithWebIdentity.*Let AWS_CA_BUNDLE name a file with its CA/,
  )
})

t.test('the file of the token may be one that only its owner can read, and credentials are written nowhere', async t => {
  await chmod(env.AWS_WEB_IDENTITY_TOKEN_FILE, 0o400)
  const before = await world.shell('find . -type f | sort', {})
  const { stdout } = await world.shell('eval "$(ecr-anywhere export --source file)"; whoami', env)
  t.equal(stdout, `${sessionArn('gitlab')}\n`)
  t.strictSame(await world.shell('find . -type f | sort', {}), before)
})
