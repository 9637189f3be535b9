import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startControlPlane } from '@ecr-anywhere/scripts/cluster/control-plane.ts'
import { run } from '@ecr-anywhere/scripts/cluster/run.ts'
import { startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { cleanEnv, commandFile } from '@ecr-anywhere/scripts/testbed/command.ts'
import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { pullStatus } from '@ecr-anywhere/scripts/testbed/pull.ts'
import { serviceAccount } from '@ecr-anywhere/scripts/testbed/service-account.ts'
import { storedSecret } from '@ecr-anywhere/scripts/testbed/stored-secret.ts'
import { must, ownRegistry } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import t from 'tap'
import { parse } from 'yaml'

const issuer = 'https://oidc.example/clusters/one'
const flags = [`--service-account-issuer=${issuer}`]
const needed = ['--account', '123456789012', '--region', 'us-east-1']

const dir = await mkdtemp(join(tmpdir(), 'ecr-anywhere-init-'))
t.teardown(() => rm(dir, { recursive: true }))
const inPublic = await startControlPlane({ flags })
t.teardown(() => inPublic.stop())
/** Its issuer is that of kube-apiserver's defaults. */
const inPrivate = await clusterFor(t)

/** Runs `init` in the directory of the test, without a terminal. */
const init = (kubeconfig: string, ...args: string[]) =>
  run(process.execPath, [commandFile, 'init', ...args], { cwd: dir, env: cleanEnv({ KUBECONFIG: kubeconfig }) })
const written = (...path: string[]) => readFile(join(dir, ...path), 'utf8')

t.test('the files of a cluster with a public issuer are written, and no request changes anything', async t => {
  const { code, stdout, stderr } = await init(inPublic.kubeconfig, ...needed)
  t.equal(code, 0, stderr)
  t.match(stdout, /^- The cluster \(v1\.\d+\.\d+\S*\) shows no platform, so it is treated as plain Kubernetes\.$/m)
  t.match(stdout, new RegExp(`^- The issuer of the cluster is ${issuer}\\. From here, it does not answer`, 'm'))
  t.match(
    stdout,
    /^Wrote ecr-anywhere\/values\.yaml, [\s\S]*^aws iam create-open-id-connect-provider --url https:\/\/oidc\.example\/clusters\/one /m,
  )
  t.notMatch(stdout, '\u001B')
  t.match(JSON.parse(await written('ecr-anywhere', 'trust-policy.json')).Statement[0].Principal, {
    Federated: 'arn:aws:iam::123456789012:oidc-provider/oidc.example/clusters/one',
  })
  await must(run('sh', ['-n', join(dir, 'ecr-anywhere', 'commands.sh')]))
})

t.test('an existing file is not replaced without --force, and nothing is written then', async t => {
  await rm(join(dir, 'ecr-anywhere', 'commands.sh'))
  const again = await init(inPublic.kubeconfig, ...needed)
  t.equal(again.code, 2)
  t.match(again.stderr, /found ecr-anywhere\/values\.yaml, .*, which exist; wanted a directory without these files\. .* --force\.$/m)
  await t.rejects(written('ecr-anywhere', 'commands.sh'), { code: 'ENOENT' })
  t.equal((await init(inPublic.kubeconfig, ...needed, '--force')).code, 0)
  t.match(await written('ecr-anywhere', 'commands.sh'), 'helm upgrade --install')
  const file = await init(inPublic.kubeconfig, ...needed, '-o', join('ecr-anywhere', 'values.yaml'))
  t.match(file, { code: 2, stderr: /found (ENOTDIR|EEXIST) on writing .*Choose another one with --output/ })
})

t.test('with -o - the files are printed, the notes are on stderr, and nothing is written', async t => {
  const { code, stdout, stderr } = await init(
    inPublic.kubeconfig,
    ...needed,
    '-o',
    '-',
    '--chart',
    'oci://registry.example/charts/ecr-anywhere',
  )
  t.equal(code, 0)
  t.match(stdout, /^==> ecr-anywhere\/values\.yaml <==\n/)
  t.match(stderr, /^Next, in this order/m)
})

t.test('a private issuer is named, with the ways out, and its documents can be published elsewhere', async t => {
  const alone = await init(inPrivate.kubeconfig, ...needed, '-o', 'private')
  t.match(alone, {
    code: 2,
    stdout: '',
    stderr: /the issuer https:\/\/kubernetes\.default\.svc, which AWS cannot reach because .*--identity keys/,
  })
  const published = await init(inPrivate.kubeconfig, ...needed, '-o', 'published', '--issuer', issuer)
  t.equal(published.code, 0, published.stderr)
  t.match(published.stdout, `The issuer of the cluster is https://kubernetes.default.svc. AWS will know ${issuer} instead`)
  const own = JSON.parse(await must(inPrivate.kubectl('get', '--raw', '/openid/v1/jwks')))
  t.strictSame(JSON.parse(await written('published', 'issuer', 'openid', 'v1', 'jwks')), own)
  t.match(JSON.parse(await written('published', 'issuer', '.well-known', 'openid-configuration')), {
    issuer,
    jwks_uri: `${issuer}/openid/v1/jwks`,
  })
  const keys = await init(inPrivate.kubeconfig, ...needed, '-o', 'keys', '--identity', 'keys')
  t.equal(keys.code, 0, keys.stderr)
  t.match(parse(await written('keys', 'values.yaml')).aws, { existingSecret: { name: 'ecr-anywhere-aws' } })
})

t.test('without a cluster or without rights: one sentence with the next command, no stack trace', async t => {
  const gone = join(dir, 'gone.json')
  const config = JSON.parse(await readFile(inPublic.kubeconfig, 'utf8'))
  await writeFile(gone, JSON.stringify({ ...config, clusters: [{ ...config.clusters[0], cluster: { server: 'https://127.0.0.1:1' } }] }))
  const poor = join(dir, 'poor.json')
  await serviceAccount(inPublic, { namespace: 'default', name: 'poor', file: poor })
  await must(inPublic.kubectl('delete', 'clusterrolebinding', 'system:service-account-issuer-discovery'))
  for (const [kubeconfig, code, said] of [
    ['/nowhere', 2, /found no usable cluster .* With --issuer and --platform, no cluster is needed\.$/m],
    [gone, 1, /found ECONNREFUSED from the API server at 127\.0\.0\.1:1; .* With --issuer and --platform, no cluster is needed\.$/m],
    [
      poor,
      1,
      /found HTTP 403 on reading \/\.well-known\/openid-configuration: .*system:service-account-issuer-discovery.*kubectl get --raw/,
    ],
  ] as const) {
    const outcome = await init(kubeconfig, ...needed, '-o', 'none')
    t.match(outcome, { code, stdout: '', stderr: said })
    t.notMatch(outcome.stderr, /^ {4}at /m)
    const withIssuer = await init(kubeconfig, ...needed, '-o', '-', '--issuer', issuer, '--platform', 'plain')
    t.equal(withIssuer.code, 0, withIssuer.stderr)
    t.match(withIssuer.stderr, /^- A part of the cluster was not read: found /m)
  }
  t.match(await init('/nowhere', '--region', 'us-east-1'), { code: 2, stderr: /--account: found nothing, and no terminal to ask on/ })
})

const noScript =
  (await run('sh', ['-c', 'script --version'])).code !== 0 && 'this machine has no script of util-linux, which makes a terminal'

t.test('on a terminal, it asks for what is missing, and asks again after an invalid answer', { skip: noScript }, async t => {
  const { code, output } = await inTerminal([
    ['yours): ', '123\n'],
    ['yours): ', '123456789012\n'],
    ['registries: ', 'us-east-1\n'],
    ['[plain]: ', '\n'],
    ['(web-identity): ', 'keys\n'],
  ])
  t.equal(code, 0, output)
  t.match(output, /found "123", wanted the 12 digits[\s\S]*AWS cannot reach the issuer https:\/\/kubernetes\.default\.svc/)
  t.match(parse(await written('asked', 'values.yaml')).aws, { region: 'us-east-1', existingSecret: { name: 'ecr-anywhere-aws' } })
  // 4 is Ctrl-D.
  const ended = await inTerminal([['yours): ', '\u0004']])
  t.match(ended, { code: 2, output: /--account: found the end of the input, wanted an answer/ })
})

/** Runs `init` in a pseudo-terminal, and answers each prompt when it is there. What is typed before would be lost. */
async function inTerminal(answers: [prompt: string, line: string][]): Promise<{ code: number | null; output: string }> {
  const line = `'${process.execPath}' '${commandFile}' init -o asked`
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd: dir,
    env: cleanEnv({ KUBECONFIG: inPrivate.kubeconfig, TERM: 'dumb' }),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const left = [...answers]
  let output = ''
  let answeredTo = 0
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text
    const [next] = left
    if (next === undefined || !output.slice(answeredTo).includes(next[0])) return
    answeredTo = output.length
    left.shift()
    child.stdin.write(next[1])
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

t.test('an installation with the values, and a role with the trust policy that were written, opens the registry', async t => {
  const values = parse(await written('ecr-anywhere', 'values.yaml'))
  const tokenFile = join(dir, 'token')
  const env = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_ROLE_ARN: values.aws.roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile }
  const bed = await startAttested(t, { values, env, controlPlane: { flags } })
  const [{ Condition }] = JSON.parse(await written('ecr-anywhere', 'trust-policy.json')).Statement
  const [aud, sub] = ['aud', 'sub'].map(claim => Condition.StringEquals[`oidc.example/clusters/one:${claim}`])
  // The test installs into another namespace than the page does.
  bed.emulator.addRole({
    arn: values.aws.roleArn,
    iss: issuer,
    aud,
    sub: sub.replace(':ecr-anywhere:', `:${releaseNamespace}:`),
    mayRead: ['123456789012'],
  })
  const { kubectl } = bed.cluster
  await writeFile(
    tokenFile,
    (await must(kubectl('create', 'token', '-n', releaseNamespace, 'ecr-anywhere-webhook', `--audience=${aud}`))).trim(),
  )
  await bed.restartWebhook()
  await must(kubectl('label', 'namespace', 'default', 'ecr-anywhere.centml.ai/namespace=enabled'))
  await must(kubectl('apply', '--server-side', '-f', join(dir, 'ecr-anywhere', 'pull-secret.yaml')))
  const { login } = await storedSecret(bed.cluster, { namespace: 'default', name: 'ecr-pull' })
  t.equal(await pullStatus(bed.emulator, ownRegistry, login(ownRegistry)), 200)
})
