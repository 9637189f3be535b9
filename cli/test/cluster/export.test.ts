import { clusterFor } from '@ecr-anywhere/scripts/testbed/cluster.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import t from 'tap'
import { failure, roleArn, sessionArn, worldFor } from '../export/world.ts'

const namespace = 'export'
const cluster = await clusterFor(t)
const { kubectl, kubeconfig } = cluster
const world = await worldFor(t)
const metadata = { namespace, name: 'push' }
await must(
  kubectl(
    'apply',
    '-f',
    '-',
    manifests(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ),
  ),
)
const { issuer } = JSON.parse(await must(kubectl('get', '--raw', '/.well-known/openid-configuration')))
const sub = `system:serviceaccount:${namespace}:push`
world.aws.addRole({ arn: roleArn('kubernetes'), iss: issuer, sub, aud: 'sts.amazonaws.com' })
world.aws.addRole({ arn: roleArn('audience'), iss: issuer, sub, aud: 'api://aws' })

const env = (role: string) => ({ ...world.env(role), KUBECONFIG: kubeconfig })
const flags = `--source kubernetes --service-account ${namespace}/push`

t.test('the API server issues a token of the service account, and a new shell is the role', async t => {
  const { code, stdout, stderr } = await world.shell(`eval "$(ecr-anywhere export ${flags})"; whoami`, env('kubernetes'))
  t.strictSame([code, stdout, stderr], [0, `${sessionArn('kubernetes')}\n`, ''])
  const other = `eval "$(ecr-anywhere export ${flags} --target-audience-url api://aws)"; whoami`
  t.match(await world.shell(other, env('audience')), { code: 0, stdout: `${sessionArn('audience')}\n` })
})

t.test('AWS refuses the token: the claims of the cluster are shown', async t => {
  const text = await failure(t, world, { flags, env: env('audience') })
  t.match(text, `iss ${JSON.stringify(issuer)}, sub "system:serviceaccount:export:push", aud "sts.amazonaws.com"`)
})

t.test('the service account does not exist: the API server’s own reason', async t => {
  const text = await failure(t, world, { flags: `--source kubernetes --service-account ${namespace}/nobody`, env: env('kubernetes') })
  t.match(text, /found HTTP 404 on requesting a token of export\/nobody: serviceaccounts "nobody" not found/)
})

t.test('the user may not request tokens: the right is named', async t => {
  const token = await must(kubectl('create', 'token', '-n', namespace, 'push'))
  const server = JSON.parse(await must(kubectl('config', 'view', '--raw', '-o', 'json')))
  const poor = { ...server, users: server.users.map(({ name }: { name: string }) => ({ name, user: { token: token.trim() } })) }
  const KUBECONFIG = await world.file('poor.json', JSON.stringify(poor))
  const text = await failure(t, world, { flags, env: { ...world.env('kubernetes'), KUBECONFIG } })
  t.match(text, /found HTTP 403 on requesting a token of export\/push: .*cannot create resource "serviceaccounts\/token".*RBAC/)
})
