import t from 'tap'
import { commandsOf, planned } from './planned.ts'

const cronJob = (env: Record<string, string>, { image = 'nabsul/k8s-ecr-login-renew:v1.7.1', metadata = '' } = {}) => `
apiVersion: batch/v1
kind: CronJob
metadata: {name: k8s-ecr-login-renew-cron, namespace: tools${metadata}}
spec:
  schedule: "0 */6 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          serviceAccountName: k8s-ecr-login-renew-account
          containers:
            - name: k8s-ecr-login-renew
              image: ${image}
              env:
                - {name: AWS_ACCESS_KEY_ID, valueFrom: {secretKeyRef: {name: aws-keys, key: aws-access-key-id}}}
                - {name: AWS_SECRET_ACCESS_KEY, valueFrom: {secretKeyRef: {name: aws-keys, key: aws-secret-access-key}}}
${Object.entries(env)
  .map(([name, value]) => `                - {name: ${name}, value: ${JSON.stringify(value)}}`)
  .join('\n')}
`
const usual = { AWS_REGION: 'us-west-2', DOCKER_SECRET_NAME: 'ecr-docker' }
const hosts = ['321321321321.dkr.ecr.us-west-2.amazonaws.com', '123123123123.dkr.ecr.us-east-2.amazonaws.com']

t.test('the static keys are copied by name, and never shown', async t => {
  const plan = planned('k8s-ecr-login-renew', cronJob(usual))
  t.same(plan.problems, [])
  t.same(plan.values, {
    aws: {
      region: 'us-west-2',
      existingSecret: { name: 'aws-keys', accessKeyIdKey: 'aws-access-key-id', secretAccessKeyKey: 'aws-secret-access-key' },
    },
  })
  t.match(commandsOf(plan, 'prepare')[1], /^kubectl get secret aws-keys -n tools -o 'go-template=.*' \| kubectl create -f -$/)
  t.match(plan.notes[0], 'aws-access-key-id and aws-secret-access-key of Secret tools/aws-keys')
})

t.test('the CronJob is suspended, and its Jobs have ended, before anything is labelled', async t => {
  const { steps } = planned('k8s-ecr-login-renew', cronJob(usual))
  t.same(
    steps.map(({ phase }) => phase),
    ['prepare', 'prepare', 'install', 'stop', 'stop', 'label', 'label', 'verify', 'remove'],
  )
  t.equal(steps[3]?.command, `kubectl patch cronjob k8s-ecr-login-renew-cron -n tools --type=merge -p '{"spec":{"suspend":true}}'`)
  t.match(steps[4]?.command, /^until .*status\.active/)
  for (const { why } of steps) t.match(why, /^[A-Z].*\.$/)
})

t.test('without TARGET_NAMESPACE the Secret is in default, and each namespace of a list is labelled once', async t => {
  t.same(planned('k8s-ecr-login-renew', cronJob(usual)).marks.at(-1)?.object, 'Secret default/ecr-docker')
  const { marks } = planned('k8s-ecr-login-renew', cronJob({ ...usual, TARGET_NAMESPACE: 'a, b;c\n d', EXCLUDE_NAMESPACE: 'c' }))
  t.same(
    marks.map(({ object }) => object),
    ['Namespace a', 'Namespace b', 'Namespace d', 'Secret a/ecr-docker', 'Secret b/ecr-docker', 'Secret d/ecr-docker'],
  )
})

t.test('patterns are expanded with the namespaces of the input, and are a problem without them', async t => {
  const namespaces = ['team-a', 'team-b', 'other', 'x1', 'team-old'].map(
    name => `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}`,
  )
  const text = cronJob({ ...usual, TARGET_NAMESPACE: 'team-*,x?', EXCLUDE_NAMESPACE: '*-old' })
  const { marks, problems } = planned('k8s-ecr-login-renew', [text, ...namespaces].join('\n'))
  t.same(problems, [])
  t.same(
    marks.flatMap(({ object }) => /^Namespace (.*)/.exec(object)?.[1] ?? []),
    ['team-a', 'team-b', 'x1'],
  )
  const without = planned('k8s-ecr-login-renew', text)
  t.match(without.problems, [/TARGET_NAMESPACE: found "team-\*"; wanted names of namespaces/, /"x\?"/])
  t.equal(without.values.aws && (without.values.aws as { region: string }).region, 'us-west-2', 'what can be printed is printed')
})

t.test('the registries are annotated without their scheme, before the label', async t => {
  const plan = planned('k8s-ecr-login-renew', cronJob({ ...usual, DOCKER_REGISTRIES: hosts.map(host => `https://${host}`).join() }))
  t.same(commandsOf(plan, 'label').slice(1), [
    `kubectl annotate secret ecr-docker -n default ecr-anywhere.centml.ai/registries=${hosts.join()}`,
    'kubectl label secret ecr-docker -n default ecr-anywhere.centml.ai/managed=true',
  ])
  t.match(commandsOf(plan, 'verify')[0], `injected_registries}=${hosts.join()}'`)
  t.match(plan.notes.join(), /in 2 regions/)
})

t.test('a registry that is none of ECR is named by its host alone', async t => {
  const { problems } = planned('k8s-ecr-login-renew', cronJob({ ...usual, DOCKER_REGISTRIES: 'https://user:hunter2@ghcr.io,docker.io' }))
  t.match(problems, [/DOCKER_REGISTRIES: found a text of \d+ characters/, /found "docker.io"/])
  t.notMatch(problems.join(), 'hunter2')
})

t.test('a release of Helm is uninstalled, and other objects are deleted one by one', async t => {
  const helm = cronJob(usual, { metadata: ', labels: {app.kubernetes.io/managed-by: Helm, app.kubernetes.io/instance: renew}' })
  t.same(commandsOf(planned('k8s-ecr-login-renew', helm), 'remove'), ['helm uninstall renew -n tools'])
  const account = '---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: k8s-ecr-login-renew-account, namespace: tools}'
  t.same(commandsOf(planned('k8s-ecr-login-renew', cronJob(usual) + account), 'remove'), [
    'kubectl delete cronjob k8s-ecr-login-renew-cron -n tools',
    'kubectl delete serviceaccount k8s-ecr-login-renew-account -n tools',
  ])
})

t.test('lines NAME=value are enough for values and labels', async t => {
  const text =
    '# its environment\nAWS_REGION=eu-west-1\nexport DOCKER_SECRET_NAME="pull"\nTARGET_NAMESPACE=a\nAWS_SECRET_ACCESS_KEY=hunter2\n'
  const plan = planned('k8s-ecr-login-renew', text)
  t.same(plan.values, { aws: { region: 'eu-west-1', existingSecret: { name: 'ecr-anywhere-aws' } } })
  t.equal(plan.marks.at(-1)?.object, 'Secret a/pull')
  t.match(
    plan.notes[0],
    /^The input does not show what runs k8s-ecr-login-renew, so no command here stops or removes it\. Stop it yourself/,
  )
  t.notMatch(JSON.stringify(plan), 'hunter2')
})

t.test('an image of another registry, a digest, and another name with the same variables are recognized', async t => {
  for (const image of ['mirror:5000/x/k8s-ecr-login-renew@sha256:0123', 'own/renewer'])
    t.same(planned('k8s-ecr-login-renew', cronJob(usual, { image })).problems, [], image)
})
