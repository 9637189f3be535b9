import { judgeRepository } from '@ecr-anywhere/scripts/iam/judge-repository.ts'
import { judgeSetUp } from '@ecr-anywhere/scripts/iam/judge-set-up.ts'
import { pull, token } from '@ecr-anywhere/scripts/iam/set-ups/set-up.ts'
import t from 'tap'
import { parse } from 'yaml'
import type { Answers } from '../../src/init/answers.ts'
import { platforms } from '../../src/init/choices.ts'
import { initPlan } from '../../src/init/plan.ts'
import { filesText, planText } from '../../src/init/plan-text.ts'
import { filesOf, registriesOf } from '../../src/init/planned-files.ts'
import { answers } from './answers.ts'

const filesWith = (more: Partial<Answers> = {}) =>
  new Map(initPlan({ ...answers, ...more }, []).files.map(({ path, text }) => [path, text]))
const json = (files: Map<string, string>, path: string) => JSON.parse(files.get(path) ?? '')

const issuer = 'https://eastus.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/11111111-1111-1111-1111-111111111111/'
const subject = 'system:serviceaccount:ecr-anywhere:ecr-anywhere-webhook'

for (const [about, more] of [
  ['a plain cluster', {}],
  ['AKS, whose issuer ends with a slash', { platform: 'aks', issuer }],
  ['OpenShift, whose audience is another one', { platform: 'openshift', audience: 'openshift' }],
  [
    'China',
    {
      region: 'cn-north-1',
      account: { partition: 'aws-cn', account: '111122223333' },
      repositories: ['arn:aws-cn:ecr:cn-north-1:111122223333:repository/*'],
    },
  ],
] as const satisfies [string, Partial<Answers>][]) {
  t.test(`${about}: a simulator of IAM lets only the webhook assume the role, and only pull`, async t => {
    const files = filesWith(more)
    const { issuer: iss = '', audience: aud, account, region } = { ...answers, ...more }
    const on = { partition: account.partition, region, account: account.account, repository: 'team-a/web' }
    const verdicts = await judgeSetUp(
      {
        about,
        account,
        identities: {},
        permissions: { partition: account.partition, repositories: [] },
        tokens: [
          {
            about: 'the token of the webhook',
            allowed: { iss, aud, sub: subject },
            denied: {
              'of another issuer': { iss: 'https://other.example' },
              'for another audience': { aud: 'https://kubernetes.default.svc' },
              'of another account': { sub: 'system:serviceaccount:ecr-anywhere:default' },
            },
          },
        ],
        // All repositories are allowed by default, so only other accounts and actions are denied.
        accesses: [token(on), ...pull(on, 'x').map(one => ({ ...one, denied: { 'to delete it': { action: 'ecr:BatchDeleteImage' } } }))],
      },
      { trust: json(files, 'trust-policy.json'), permissions: json(files, 'permissions.json') },
    )
    for (const { about, isAllowed, expected } of verdicts) t.equal(isAllowed, expected, about)
  })
}

t.test('a repository in another account gets a policy, the Secret its registry, and the simulator lets the role pull', async t => {
  const repositories = ['arn:aws:ecr:us-east-1:444455556666:repository/cf/*']
  const files = filesWith({ repositories })
  const verdicts = await judgeRepository({
    permissions: json(files, 'permissions.json'),
    repositoryPolicy: json(files, 'repository-policy.json'),
    principal: 'arn:aws:iam::111122223333:role/ecr-anywhere-pull',
    repository: { partition: 'aws', region: 'us-east-1', account: '444455556666', repository: 'cf/web' },
  })
  for (const { about, isAllowed, expected } of verdicts) t.equal(isAllowed, expected, about)
  const { annotations } = parse(files.get('pull-secret.yaml') ?? '').metadata
  t.strictSame(annotations, { 'ecr-anywhere.centml.ai/registries': '444455556666.dkr.ecr.us-east-1.amazonaws.com' })
  t.match(files.get('commands.sh'), /^aws ecr set-repository-policy .* file:\/\/ecr-anywhere\/repository-policy\.json$/m)
  t.match(json(filesWith({ repositories, identity: 'keys', issuer: undefined }), 'repository-policy.json').Statement[0].Principal, {
    AWS: ['arn:aws:iam::111122223333:root'],
  })
})

t.test('the values name the role, and an audience only if it is not the default', async t => {
  const values = (more: Partial<Answers> = {}) => parse(filesWith(more).get('values.yaml') ?? '')
  const roleArn = 'arn:aws:iam::111122223333:role/ecr-anywhere-pull'
  t.strictSame(values(), { clusterName: 'prod', aws: { region: 'us-east-1', roleArn, webIdentity: { enabled: true } } })
  t.strictSame(values({ audience: 'openshift' }).aws.webIdentity, { enabled: true, audience: 'openshift' })
  t.strictSame(values({ platform: 'aks' }).webhook, { configurationAnnotations: { 'admissions.enforcer/disabled': 'true' } })
  t.strictSame(values({ identity: 'keys', issuer: undefined }).aws, { region: 'us-east-1', existingSecret: { name: 'ecr-anywhere-aws' } })
})

t.test('with static keys there is no trust policy, and the keys are neither printed nor left behind', async t => {
  const files = filesWith({ identity: 'keys', issuer: undefined, principal: { path: '/team/', name: 'pull' } })
  t.notOk(files.has('trust-policy.json'))
  const script = files.get('commands.sh') ?? ''
  t.match(script, /^aws iam create-user --path \/team\/ --user-name pull$/m)
  t.match(script, /^\(umask 077 && aws iam create-access-key .* >aws-keys\.env\)$/m)
  t.match(
    script,
    /^kubectl create secret generic ecr-anywhere-aws -n ecr-anywhere --from-env-file=aws-keys\.env$[\s\S]*^rm aws-keys\.env$/m,
  )
})

t.test('the documents of another issuer are written, with the steps that publish them first', async t => {
  const configuration = { issuer: 'https://oidc.example', jwks_uri: 'https://oidc.example/openid/v1/jwks' }
  const keys = { keys: [{ kid: 'a' }] }
  const documents = { configuration, keys }
  for (const [platform, flag] of [
    ['plain', '--service-account-issuer=https://oidc.example'],
    ['k3s', '--kube-apiserver-arg=service-account-issuer=https://oidc.example'],
  ] as const) {
    const files = filesWith({ platform, documents, issuer: 'https://oidc.example' })
    t.strictSame(json(files, 'issuer/.well-known/openid-configuration'), configuration)
    t.strictSame(json(files, 'issuer/openid/v1/jwks'), keys)
    t.match(files.get('commands.sh'), /^curl [\s\S]*^kubectl get --raw [\s\S]*^aws iam create-open-id-connect-provider/m)
    t.match(files.get('commands.sh'), flag)
  }
})

t.test('a role with a path is created there', async t => {
  const files = filesWith({ principal: { path: '/a/b/', name: 'pull' } })
  t.match(files.get('commands.sh'), /^aws iam create-role --path \/a\/b\/ --role-name pull /m)
  t.match(files.get('values.yaml'), 'roleArn: arn:aws:iam::111122223333:role/a/b/pull')
})

t.test('a repository that is no ARN, or of another partition, is refused', async t => {
  const wrong = (repository: string) => () => filesOf({ ...answers, repositories: [repository] })
  t.throws(wrong('team-a/web'), { kind: 'settings', message: /repositories\[0\]: found "team-a\/web", wanted the ARN of repositories/ })
  t.throws(wrong('arn:aws-cn:ecr:cn-north-1:111122223333:repository/a'), { message: /in the partition aws-cn, wanted the partition aws/ })
})

t.test('a pattern of regions stands for the region of the role', async t => {
  const repositories = ['arn:aws:ecr:*:111122223333:repository/a', 'arn:aws:ecr:eu-west-1:111122223333:repository/b']
  t.strictSame(registriesOf({ ...answers, repositories }), [
    '111122223333.dkr.ecr.us-east-1.amazonaws.com',
    '111122223333.dkr.ecr.eu-west-1.amazonaws.com',
  ])
})

t.test('every platform says what is special, and EKS when not to use this', async t => {
  for (const platform of platforms) t.ok(initPlan({ ...answers, platform }, []).notes.length > 0, platform)
  t.match(initPlan({ ...answers, platform: 'eks' }, []).notes[0], /^On EKS, do not use this for pods of the account of the cluster/)
})

t.test('the text ends with the commands in their order, and files can go to stdout instead', async t => {
  const plan = initPlan({ ...answers, chart: 'oci://registry.example/charts/ecr-anywhere' }, ['The issuer is public.'])
  const text = planText(plan, { isWritten: true, paint: one => one })
  t.match(text, /^- The issuer is public\.\n[\s\S]*^Wrote ecr-anywhere\/values\.yaml, ecr-anywhere\/trust-policy\.json, /m)
  t.match(
    text,
    /create-open-id[\s\S]*create-role[\s\S]*put-role-policy[\s\S]*helm upgrade[\s\S]*kubectl label[\s\S]*kubectl apply[\s\S]*ecr-anywhere verify shop\/ecr-pull\n$/,
  )
  t.notMatch(text, 'HOST/PATH')
  t.notMatch(planText(plan, { isWritten: false, paint: one => one }), 'Wrote')
  t.match(filesText(plan), /^==> ecr-anywhere\/values\.yaml <==\n# Values [\s\S]*\n==> ecr-anywhere\/commands\.sh <==\n#!\/bin\/sh -eu\n/)
})
