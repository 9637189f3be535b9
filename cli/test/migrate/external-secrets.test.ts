import t from 'tap'
import { commandsOf, planned } from './planned.ts'

interface Options {
  spec?: string
  target?: string
  reference?: string
}

const generator = (name: string, spec: string) => `---
apiVersion: generators.external-secrets.io/v1alpha1
kind: ECRAuthorizationToken
metadata: {name: ${name}, namespace: team-a}
spec: ${spec}
`
const external = ({
  spec = '',
  target = '{name: ecr-secret, template: {type: kubernetes.io/dockerconfigjson}}',
  reference = 'ecr-gen',
}: Options = {}) => `---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: ecr, namespace: team-a}
spec:
  refreshInterval: 1h
  target: ${target}
  dataFrom:
    - sourceRef: {generatorRef: {apiVersion: generators.external-secrets.io/v1alpha1, kind: ECRAuthorizationToken, name: ${reference}}}
  ${spec}
`
const keys =
  '{region: eu-west-1, auth: {secretRef: {accessKeyIDSecretRef: {name: aws, key: id}, secretAccessKeySecretRef: {name: aws, key: secret}}}}'
const role = 'arn:aws:iam::111122223333:role/ecr'

t.test('the ExternalSecret is deleted as an orphan before its Secret is labelled, and the generator at the end', async t => {
  const plan = planned('external-secrets', generator('ecr-gen', keys) + external())
  t.same(plan.problems, [])
  t.same(commandsOf(plan, 'stop'), ['kubectl delete externalsecret ecr -n team-a --cascade=orphan'])
  t.same(commandsOf(plan, 'label').slice(1), [
    'kubectl annotate secret ecr-secret -n team-a reconcile.external-secrets.io/data-hash-',
    'kubectl label secret ecr-secret -n team-a ecr-anywhere.centml.ai/managed=true reconcile.external-secrets.io/managed- reconcile.external-secrets.io/created-by-',
  ])
  t.same(commandsOf(plan, 'remove'), ['kubectl delete ecrauthorizationtokens.generators.external-secrets.io ecr-gen -n team-a'])
  t.same(plan.values, {
    aws: { region: 'eu-west-1', existingSecret: { name: 'aws', accessKeyIdKey: 'id', secretAccessKeyKey: 'secret' } },
  })
})

t.test('with deletionPolicy Delete, the operator is kept from deleting the Secret first', async t => {
  const target = '{deletionPolicy: Delete, template: {type: kubernetes.io/dockerconfigjson}}'
  const plan = planned('external-secrets', generator('ecr-gen', keys) + external({ target }))
  t.same(commandsOf(plan, 'stop'), [
    `kubectl patch externalsecret ecr -n team-a --type=merge -p '{"spec":{"target":{"deletionPolicy":"Retain"}}}'`,
    'kubectl delete externalsecret ecr -n team-a --cascade=orphan',
  ])
  t.equal(plan.marks.at(-1)?.object, 'Secret team-a/ecr', 'the Secret has the name of the ExternalSecret by default')
})

t.test('a service account gives the role, and its audience', async t => {
  const account = `---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa, namespace: team-a, annotations: {eks.amazonaws.com/role-arn: "${role}"}}\n`
  const jwt = '{region: eu-west-1, auth: {jwt: {serviceAccountRef: {name: sa, audiences: [openshift]}}}}'
  const plan = planned('external-secrets', generator('ecr-gen', jwt) + external() + account)
  t.same(plan.problems, [])
  t.same(plan.values, { aws: { region: 'eu-west-1', roleArn: role, webIdentity: { enabled: true, audience: 'openshift' } } })
  t.match(planned('external-secrets', generator('ecr-gen', jwt) + external()).problems, [/the ServiceAccount "sa" without an annotation/])
})

t.test('public registries, and those of another region, are annotated', async t => {
  const two = (spec: string) => generator('first', keys) + generator('ecr-gen', spec) + external()
  t.match(commandsOf(planned('external-secrets', two('{region: us-east-1, scope: public}')), 'label')[1], 'registries=public.ecr.aws')
  const other = planned('external-secrets', two(`{region: eu-central-1, role: "${role}"}`))
  t.match(commandsOf(other, 'label')[1], 'registries=111122223333.dkr.ecr.eu-central-1.amazonaws.com')
  t.match(planned('external-secrets', two('{region: eu-central-1}')).problems, [/a generator of eu-central-1, whose account is not known/])
})

t.test('a repository of Argo CD needs no annotation', async t => {
  const target = '{name: repo, template: {metadata: {labels: {argocd.argoproj.io/secret-type: repository}}}}'
  const plan = planned(
    'external-secrets',
    generator('first', keys) + generator('ecr-gen', `{region: us-east-1, scope: public}`) + external({ target }),
  )
  t.same(plan.problems, [])
  t.notMatch(commandsOf(plan, 'label').join('\n'), 'registries=')
})

const refused: [about: string, options: Options, problem: RegExp][] = [
  [
    'an Opaque Secret',
    { target: '{name: a}' },
    /ExternalSecret team-a\/ecr: found a Secret of type "Opaque"; wanted kubernetes.io\/dockerconfigjson/,
  ],
  ['an immutable Secret', { target: '{immutable: true, template: {type: kubernetes.io/dockerconfigjson}}' }, /an immutable Secret/],
  ['a Secret with data of a store', { spec: 'data: [{secretKey: a, remoteRef: {key: b}}]' }, /data of other sources/],
  [
    'a Secret that it only merges into',
    { target: '{creationPolicy: Merge, template: {type: kubernetes.io/dockerconfigjson}}' },
    /data of other sources/,
  ],
  ['a generator that was not given', { reference: 'none' }, /no generator "none" in the input/],
]

for (const [about, options, problem] of refused) {
  t.test(`${about} is named`, async t => {
    const plan = planned('external-secrets', generator('ecr-gen', keys) + external(options))
    t.match(plan.problems, [problem])
    t.ok(plan.values.aws, 'the values are printed')
  })
}

t.test('ExternalSecrets that a ClusterExternalSecret creates are named, for it creates them again', async t => {
  const owned = external().replace('namespace: team-a}', 'namespace: team-a, ownerReferences: [{kind: ClusterExternalSecret, name: all}]}')
  t.match(planned('external-secrets', generator('ecr-gen', keys) + owned).problems, [
    /the owner "ClusterExternalSecret\/all"; wanted a decision/,
  ])
})

t.test('a ClusterGenerator is read, and generators and ExternalSecrets of other things are left alone', async t => {
  const cluster = `---
apiVersion: generators.external-secrets.io/v1alpha1
kind: ClusterGenerator
metadata: {name: ecr-gen}
spec: {kind: ECRAuthorizationToken, generator: {ecrAuthorizationTokenSpec: {region: us-east-1}}}
---
apiVersion: generators.external-secrets.io/v1alpha1
kind: ClusterGenerator
metadata: {name: password}
spec: {kind: Password, generator: {passwordSpec: {length: 42}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: database, namespace: team-a}
spec: {secretStoreRef: {name: vault}, data: [{secretKey: a, remoteRef: {key: b}}]}
`
  const plan = planned('external-secrets', cluster + external().replace('kind: ECRAuthorizationToken', 'kind: ClusterGenerator'))
  t.same(plan.problems, [])
  t.same(commandsOf(plan, 'remove'), ['kubectl delete clustergenerators.generators.external-secrets.io ecr-gen'])
  t.equal(plan.marks.length, 2)
})

const unreadable: [about: string, text: string, problem: RegExp][] = [
  [
    'a generator without a region',
    generator('ecr-gen', '{}'),
    /^ECRAuthorizationToken team-a\/ecr-gen: found a spec without a valid region/,
  ],
  [
    'a role beside that of a service account',
    `${generator('ecr-gen', `{region: eu-west-1, role: "${role}", auth: {jwt: {serviceAccountRef: {name: sa}}}}`)}---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa, namespace: team-a, annotations: {eks.amazonaws.com/role-arn: "${role}"}}\n`,
    /spec\.role: found a role beside the role of a service account; wanted a decision/,
  ],
  [
    'an ExternalSecret with fields of another type',
    `${generator('ecr-gen', keys)}${external({ target: '{name: 5}' })}`,
    /ExternalSecret team-a\/ecr: found fields of another type/,
  ],
]

for (const [about, text, problem] of unreadable) {
  t.test(`${about} is named`, async t => t.match(planned('external-secrets', text).problems, [problem]))
}

t.test('keys in two Secrets, or with names that are none, are not copied by a command', async t => {
  for (const [id, secret] of [
    ['{name: a, key: b}', '{name: c, key: d}'],
    ['{name: "$(id)", key: b}', '{name: "$(id)", key: d}'],
  ]) {
    const spec = `{region: eu-west-1, auth: {secretRef: {accessKeyIDSecretRef: ${id}, secretAccessKeySecretRef: ${secret}}}}`
    const plan = planned('external-secrets', generator('ecr-gen', spec) + external())
    t.match(commandsOf(plan, 'prepare')[1], /--from-env-file=aws-keys\.env$/)
    t.match(plan.values, { aws: { existingSecret: { name: 'ecr-anywhere-aws' } } })
  }
})
