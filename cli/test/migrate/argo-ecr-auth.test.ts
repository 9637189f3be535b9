import { readWanted } from '@ecr-anywhere/cronjob/apply-secrets/wanted.ts'
import t from 'tap'
import { commandsOf, planned } from './planned.ts'

const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
const deployment = (args: readonly string[], more = '') => `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ecr-argo-ecr-auth
  labels: {app.kubernetes.io/name: argo-ecr-auth, app.kubernetes.io/instance: ecr, app.kubernetes.io/managed-by: Helm}
spec:
  replicas: 1
  selector: {matchLabels: {app.kubernetes.io/name: argo-ecr-auth, app.kubernetes.io/instance: ecr}}
  template:
    spec:
      serviceAccountName: ecr-argo-ecr-auth
      containers:
        - name: argo-ecr-auth
          image: "abualks/argo-ecr-auth:0.0.3"
          command: ["./argo-ecr-auth"]
          args: ${JSON.stringify(args)}
${more}`
const account = `---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: ecr-argo-ecr-auth
  annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/argocd-ecr"}
`

t.test('the Deployment is scaled to 0, and its pods have ended, before the Secret is labelled', async t => {
  const plan = planned('argo-ecr-auth', deployment([`--ecr-registry=${host}`], account), 'argocd')
  t.same(plan.problems, [])
  t.same(commandsOf(plan, 'stop'), [
    'kubectl scale deployment ecr-argo-ecr-auth -n argocd --replicas=0',
    "kubectl wait pod -n argocd -l app.kubernetes.io/name=argo-ecr-auth,app.kubernetes.io/instance=ecr '--field-selector=status.phase!=Succeeded,status.phase!=Failed' --for=delete --timeout=120s",
  ])
  t.same(commandsOf(plan, 'label'), [
    'kubectl label namespace argocd ecr-anywhere.centml.ai/namespace=enabled',
    'kubectl label secret ecr-auth -n argocd ecr-anywhere.centml.ai/managed=true',
  ])
  t.same(commandsOf(plan, 'remove'), ['kubectl delete configmap ecr-auth -n argocd --ignore-not-found', 'helm uninstall ecr -n argocd'])
})

t.test('the role of its service account is assumed with a token, and its trust policy has to change first', async t => {
  const { values, notes } = planned('argo-ecr-auth', deployment([`--ecr-registry=${host}`], account), 'argocd')
  t.same(values, { aws: { region: 'us-east-1', roleArn: 'arn:aws:iam::123456789012:role/argocd-ecr', webIdentity: { enabled: true } } })
  t.match(notes[0], /system:serviceaccount:ecr-anywhere:ecr-anywhere-webhook with the audience sts\.amazonaws\.com/)
})

t.test('all seven flags are read, in each way in which Go reads them', async t => {
  const args = [
    '--aws-profile=pull',
    '-aws-region',
    'us-east-1',
    '--ecr-registry',
    host,
    '-kube-config=local',
    '--namespace=argo',
    '--secret-name',
    'charts',
    '--sleep-between-checks=60',
  ]
  const plan = planned('argo-ecr-auth', deployment(args), 'argocd')
  t.same(plan.problems, [])
  t.same(plan.values, { aws: { region: 'us-east-1' }, env: [{ name: 'AWS_PROFILE', value: 'pull' }] })
  t.equal(plan.marks.at(-1)?.object, 'Secret argo/charts')
  t.match(plan.notes.join('\n'), /profile needs its config file.*\n.*machine where it runs/)
})

t.test('its chart has the flags in `args`, but not the name of the Deployment', async t => {
  const plan = planned('argo-ecr-auth', `rbac: true\nargs:\n  - --ecr-registry=${host}\n`, 'argocd')
  t.match(plan.problems, [/the values: found only values; wanted the Deployment/])
  t.equal(plan.marks.at(-1)?.object, 'Secret argocd/ecr-auth')
})

const item = { namespace: 'argocd', name: 'ecr-auth', kind: 'argocd-repository', url: host, expiryConfigMap: true }

t.test('the ConfigMap that nothing uses is deleted, and a note says what keeps it', async t => {
  const { values, steps, notes } = planned('argo-ecr-auth', deployment([`--ecr-registry=${host}`]), 'argocd')
  t.notOk('secrets' in values)
  t.equal(steps.at(0)?.phase, 'install')
  t.match(notes.join('\n'), JSON.stringify(item))
})

const readers: [about: string, podSpec: string][] = [
  ['a volume', 'volumes: [{name: expiry, configMap: {name: ecr-auth}}], containers: [{name: a, image: b}]'],
  ['a projected volume', 'volumes: [{name: a, projected: {sources: [{configMap: {name: ecr-auth}}]}}], containers: [{name: a, image: b}]'],
  ['all variables', 'containers: [{name: a, image: b, envFrom: [{configMapRef: {name: ecr-auth}}]}]'],
  [
    'a variable of an init container',
    'initContainers: [{name: a, image: b, env: [{name: A, valueFrom: {configMapKeyRef: {name: ecr-auth, key: expireyTime}}}]}], containers: []',
  ],
]
const reader = (podSpec: string, more = '') => `---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: alarm${more}}, spec: {template: {spec: {${podSpec}}}}}
`

for (const [about, podSpec] of readers) {
  t.test(`if a workload uses the ConfigMap in ${about}, the values keep it, and the installation comes after the stop`, async t => {
    const plan = planned('argo-ecr-auth', deployment([`--ecr-registry=${host}`], reader(podSpec)), 'argocd')
    t.same(plan.problems, [])
    t.same(plan.values.secrets, [item])
    t.notMatch(plan.steps.map(({ command }) => command).join('\n'), 'delete configmap')
    t.match(plan.notes.join('\n'), /^StatefulSet argocd\/alarm uses the ConfigMap argocd\/ecr-auth/m)
    t.same([...new Set(plan.steps.map(({ phase }) => phase))], ['prepare', 'stop', 'install', 'label', 'verify', 'remove'])
    t.same(commandsOf(plan, 'prepare'), ['kubectl label namespace argocd ecr-anywhere.centml.ai/namespace=enabled'])
    t.equal(commandsOf(plan, 'label').length, 1, 'the namespace is labelled once')
    t.same(readWanted(JSON.stringify({ secrets: plan.values.secrets })), [{ ...item, type: 'helm' }], 'the Job of the chart accepts them')
  })
}

t.test('a ConfigMap of the same name in another namespace, or in text, is another one', async t => {
  const other = reader('volumes: [{configMap: {name: ecr-auth}}], containers: []', ', namespace: other')
  const text = reader('containers: [{name: ecr-auth, image: configMap, args: [configMap, ecr-auth]}]')
  const alias = reader('containers: [&a {name: b, image: c, self: *a}]')
  for (const more of [other, text, alias]) {
    t.notOk('secrets' in planned('argo-ecr-auth', deployment([`--ecr-registry=${host}`], more), 'argocd').values, more)
  }
})

t.test('two installations have an item each, and one identity', async t => {
  const name = '--secret-name=second'
  const second = deployment([`--ecr-registry=${host}`, name]).replace('name: ecr-argo-ecr-auth', 'name: second')
  const both = ['ecr-auth', 'second'].map(configMap => `{name: ${configMap}, configMap: {name: ${configMap}}}`).join()
  const text = `${deployment([`--ecr-registry=${host}`])}---${second}${reader(`volumes: [${both}], containers: []`)}`
  const { values, problems } = planned('argo-ecr-auth', text, 'argocd')
  t.same(problems, [])
  t.same(values, { aws: { region: 'us-east-1' }, secrets: [item, { ...item, name: 'second' }] })
})

const wrong: [about: string, args: string[], problem: RegExp][] = [
  [
    'an unknown flag, such as the one in its chart',
    ['--sleep=120', `--ecr-registry=${host}`],
    /--sleep: found a flag that argo-ecr-auth does not have/,
  ],
  ['no registry', [], /--ecr-registry: found nothing/],
  ['another registry', ['--ecr-registry=ghcr.io'], /--ecr-registry: found "ghcr\.io"; wanted a host of ECR/],
  [
    'a registry of another region',
    [`--ecr-registry=${host}`, '--aws-region=eu-west-1'],
    /--aws-region: found "eu-west-1" for the registry/,
  ],
  [
    'names that are none',
    [`--ecr-registry=${host}`, '--secret-name=$(id)'],
    /--namespace and --secret-name: found "argocd" and "\$\(id\)"/,
  ],
]

for (const [about, args, problem] of wrong) {
  t.test(`${about} is a problem, and the rest is printed`, async t => {
    const plan = planned('argo-ecr-auth', deployment(args), 'argocd')
    t.match(plan.problems, [problem])
    t.equal(commandsOf(plan, 'stop').length, 2)
    t.notMatch(plan.steps.map(({ command }) => command).join('\n'), '$(id)')
  })
}
