import t from 'tap'
import { answersOf, clusterNameOf } from '../../src/init/answers-of.ts'
import { roleParts } from '../../src/init/role.ts'
import { readInitSettings } from '../../src/init/settings.ts'
import { settingsWith } from './answers.ts'

const refused: [about: string, options: Record<string, string>, message: RegExp][] = [
  ['an account with hyphens', { account: '1111-2222-3333' }, /--account: found "1111-2222-3333", wanted the 12 digits/],
  ['an account of 11 digits', { account: '11112222333' }, /--account: found "11112222333", wanted the 12 digits/],
  ['a misspelt region', { region: 'us-east1' }, /--region: found "us-east1", wanted an AWS region, such as us-east-1/],
  ['an unknown platform', { platform: 'rke' }, /--platform: found "rke", wanted plain, eks, gke, aks, openshift, k3s/],
  ['an unknown identity', { identity: 'oidc' }, /--identity: found "oidc", wanted web-identity, keys/],
  ['an issuer without a scheme', { issuer: 'oidc.example' }, /--issuer: found "oidc.example", wanted a URL that begins with https:\/\//],
  ['an issuer in plain HTTP', { issuer: 'http://oidc.example' }, /--issuer: found "http:/],
  ['the ARN of a user', { role: 'arn:aws:iam::111122223333:user/a' }, /--role: found "arn:aws:iam::111122223333:user\/a", wanted a name/],
  ['a format as output', { output: 'json' }, /--output: found "json", wanted a directory, or - for stdout/],
  ['a cluster name with spaces', { clusterName: 'my cluster' }, /--cluster-name: found "my cluster", wanted at most 32/],
  [
    'the audience of the API server',
    { audience: 'https://kubernetes.default.svc' },
    /--audience: found .*, wanted an audience that is not/,
  ],
  [
    'an issuer without a scheme and with a slash',
    { issuer: 'oidc.example/' },
    /--issuer: found "oidc.example\/", wanted a URL that begins/,
  ],
  ['a namespace in capitals', { namespace: 'Shop' }, /--namespace: found "Shop", wanted the name of a namespace/],
]

for (const [about, options, message] of refused) {
  t.test(`${about} is refused`, async t => {
    t.throws(() => settingsWith(options), { kind: 'settings', message })
  })
}

t.test('repositories that are none are refused, before anything is asked', async t => {
  const repository = ['foo', 'arn:aws-cn:ecr:cn-north-1:111122223333:repository/a'] as never
  t.throws(() => settingsWith({ repository }), {
    message: /--repository: found "foo", wanted the ARN[\s\S]*--repository: found \S+ in the partition aws-cn, wanted the partition aws/,
  })
  t.strictSame(settingsWith({}).repositories, [])
})

t.test('all problems are reported at once', async t => {
  t.throws(() => settingsWith({ account: '1', region: 'x', output: 'yaml' }), { message: /found 3 faulty options/ })
})

t.test('the region is read from the variables of the AWS CLI if there is no flag', async t => {
  const read = (env: Record<string, string>, options = {}) => readInitSettings(options, env).region
  t.equal(read({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }), 'eu-west-1')
  t.equal(read({ AWS_DEFAULT_REGION: 'eu-west-2' }), 'eu-west-2')
  t.equal(read({ AWS_REGION: 'eu-west-1' }, { region: 'us-east-1' }), 'us-east-1')
  t.throws(() => read({ AWS_REGION: 'europe' }), { message: /AWS_REGION: found "europe"/ })
})

t.test('a role is a name, or an ARN with its account, partition and path', async t => {
  t.strictSame(roleParts('pull'), { account: undefined, path: '/', name: 'pull' })
  const account = { partition: 'aws-cn', account: '111122223333' }
  t.strictSame(roleParts('arn:aws-cn:iam::111122223333:role/a/b/pull'), { account, path: '/a/b/', name: 'pull' })
  t.equal(settingsWith({ account: undefined, role: 'arn:aws:iam::444455556666:role/pull' } as never).account, '444455556666')
})

const chosen = {
  account: '111122223333',
  region: 'us-east-1',
  platform: 'plain' as const,
  identity: 'web-identity' as const,
  issuer: 'https://oidc.example',
  documents: undefined,
  context: 'admin@prod',
  namespace: undefined,
}

t.test('a role of another account or of another partition than the region is refused', async t => {
  const settings = settingsWith({ role: 'arn:aws-cn:iam::444455556666:role/pull' })
  t.throws(() => answersOf(settings, chosen), {
    kind: 'settings',
    message:
      /a role of the account 444455556666, wanted one of the account 111122223333[^\n]*\n.*the partition aws-cn, wanted aws, which is that of the region us-east-1/,
  })
})

t.test('without a cluster and an issuer there is no web identity', async t => {
  t.throws(() => answersOf(settingsWith(), { ...chosen, issuer: undefined }), { message: /found no issuer.*Give it with --issuer/ })
})

t.test('the defaults are those of the account, the region, the platform and the context', async t => {
  const answers = answersOf(settingsWith({ output: 'out/' }), { ...chosen, region: 'cn-north-1', platform: 'openshift' })
  t.match(answers, {
    account: { partition: 'aws-cn' },
    repositories: ['arn:aws-cn:ecr:cn-north-1:111122223333:repository/*'],
    audience: 'openshift',
    clusterName: 'prod',
    namespace: 'default',
    directory: 'out',
  })
  t.equal(answersOf(settingsWith(), { ...chosen, identity: 'keys' }).issuer, undefined)
})

t.test('the name of the cluster is the last part of that of the context', async t => {
  t.equal(clusterNameOf('arn:aws:eks:us-east-1:111122223333:cluster/prod'), 'prod')
  t.equal(clusterNameOf('default/api-prod-example:6443/kube:admin'), 'admin')
  t.equal(clusterNameOf('gke_project_europe-west1_prod'), 'gke_project_europe-west1_prod')
  t.equal(clusterNameOf('a cluster with a name that is far too long'), 'a-cluster-with-a-name-that-is-fa')
  t.equal(clusterNameOf(undefined), 'kubernetes')
})
