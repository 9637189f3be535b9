import t from 'tap'
import { commandsOf, planned } from './planned.ts'

const readmeValues = `
pod:
  container:
    env:
      - name: AWS_ACCESS_KEY_ID
        value: "EXAMPLE"
      - name: AWS_SECRET_ACCESS_KEY
        value: "hunter2"
      - name: AWS_ROLE_ARN
        value: "arn:aws:iam::123456789012:role/pull"
      - name: AWS_REGION
        value: "us-east-1"
`
const objects = (release = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ecr, namespace: pull${release}}
spec:
  replicas: 1
  selector: {matchLabels: {app: ecr}}
  template:
    spec:
      serviceAccountName: ecr
      containers:
        - name: ecr
          image: ghcr.io/centml/ecr-anywhere:v1.0.2
          env:
            - {name: SERVICE_NAME, value: ecr}
            - {name: PORT, value: "8443"}
            - {name: CERT_FILE, value: /etc/webhook/certs/tls.crt}
            - {name: KEY_FILE, value: /etc/webhook/certs/tls.key}
            - {name: AWS_REGION, value: us-east-1}
            - {name: AWS_ACCESS_KEY_ID, valueFrom: {secretKeyRef: {name: aws, key: AWS_ACCESS_KEY_ID}}}
            - {name: AWS_SECRET_ACCESS_KEY, valueFrom: {secretKeyRef: {name: aws, key: AWS_SECRET_ACCESS_KEY}}}
            - {name: NO_PROXY, value: 10.0.0.0/8}
            - {name: HTTPS_PROXY, value: "http://user:hunter2@proxy:3128"}
            - {name: SIDECAR_TOKEN, value: hunter2}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: ecr, namespace: pull${release}}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: ecr, image: ghcr.io/centml/ecr-anywhere:v1.0.2, command: [/ecr-anywhere-refresher]}]}}}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: ecr${release}}
webhooks: [{name: ecr-anywhere.centml.ai, clientConfig: {service: {name: ecr, namespace: pull, path: /sync}}}]
`

t.test('of its values, the keys are not shown, and the names of its chart are assumed', async t => {
  const plan = planned('ecr-anywhere-go', readmeValues)
  t.same(plan.problems, [])
  t.same(plan.values, {
    aws: { region: 'us-east-1', roleArn: 'arn:aws:iam::123456789012:role/pull', existingSecret: { name: 'ecr-anywhere-aws' } },
  })
  t.notMatch(JSON.stringify(plan), /hunter2|EXAMPLE/)
  t.match(plan.notes.join(), /their user needs sts:AssumeRole/)
})

t.test('the refresher stops first, then the webhook, then its pods, and only then ours is installed', async t => {
  const plan = planned('ecr-anywhere-go', readmeValues)
  t.match(commandsOf(plan, 'stop'), [
    /^kubectl patch cronjob ecr-anywhere -n ecr-anywhere /,
    /^until /,
    /^kubectl delete mutatingwebhookconfiguration ecr-anywhere$/,
    /^kubectl scale deployment ecr-anywhere -n ecr-anywhere --replicas=0$/,
  ])
  const phases = plan.steps.map(({ phase }) => phase)
  t.ok(phases.indexOf('install') > phases.lastIndexOf('stop'))
  t.match(commandsOf(plan, 'label'), [
    /^kubectl annotate secrets -A -l ecr-anywhere\.centml\.ai\/managed=true --overwrite "ecr-any.*marked_for_update_at=\$\(date/,
  ])
  t.notMatch(JSON.stringify(commandsOf(plan, 'remove')), 'helm uninstall', 'it could be ours')
})

t.test('a Secret that is already in the namespace of the release is not copied', async t => {
  const list =
    '[{name: AWS_ACCESS_KEY_ID, valueFrom: {secretKeyRef: {name: a, key: b}}}, {name: AWS_SECRET_ACCESS_KEY, valueFrom: {secretKeyRef: {name: a, key: c}}}]'
  const plan = planned('ecr-anywhere-go', `deployment: {pod: {container: {env: ${list}}}}`)
  t.same(commandsOf(plan, 'prepare'), [])
  t.match(plan.values, { aws: { existingSecret: { name: 'a', accessKeyIdKey: 'b', secretAccessKeyKey: 'c' } } })
  t.equal(commandsOf(planned('ecr-anywhere-go', `namespace: other\ndeployment: {pod: {container: {env: ${list}}}}`), 'prepare').length, 2)
})

t.test('the other values are carried over', async t => {
  const values = `
name: pull
namespace: tools
deployment:
  replicas: 3
  pod: {annotations: {a: b}, container: {env: [{name: AWS_REGION, value: eu-west-1}, {name: AWS_PROFILE, value: ecr}]}}
mutatingWebhookConfiguration: {annotations: {c: d}}
colour: blue
`
  const plan = planned('ecr-anywhere-go', values)
  t.same(plan.values, {
    aws: { region: 'eu-west-1' },
    env: [{ name: 'AWS_PROFILE', value: 'ecr' }],
    podAnnotations: { a: 'b' },
    webhook: { replicas: 3, configurationAnnotations: { c: 'd' } },
  })
  t.match(plan.problems, [/the values: colour: found a value that its chart does not have/])
  t.match(commandsOf(plan, 'stop')[0], 'cronjob pull -n tools')
})

t.test('of its objects, variables that may be secret are named and not shown', async t => {
  const plan = planned('ecr-anywhere-go', objects())
  t.same(plan.values, { aws: { region: 'us-east-1', existingSecret: { name: 'aws' } }, env: [{ name: 'NO_PROXY', value: '10.0.0.0/8' }] })
  t.match(plan.problems, [/^Deployment pull\/ecr: HTTPS_PROXY: /, /^Deployment pull\/ecr: SIDECAR_TOKEN: /])
  t.notMatch(JSON.stringify(plan), 'hunter2')
  t.same(commandsOf(plan, 'remove'), ['kubectl delete deployment ecr -n pull', 'kubectl delete cronjob ecr -n pull'])
})

t.test('its release is uninstalled at the end, unless it is where ours will be: then before', async t => {
  const release = (name: string, namespace: string) =>
    objects(`, annotations: {meta.helm.sh/release-name: ${name}, meta.helm.sh/release-namespace: ${namespace}}`)
  t.same(commandsOf(planned('ecr-anywhere-go', release('ecr-anywhere', 'default')), 'remove'), ['helm uninstall ecr-anywhere -n default'])
  const clashing = planned('ecr-anywhere-go', release('ecr-anywhere', 'ecr-anywhere'))
  t.same(commandsOf(clashing, 'remove'), [])
  t.equal(commandsOf(clashing, 'stop').at(-1), 'helm uninstall ecr-anywhere -n ecr-anywhere')
})

t.test('ECR Anywhere itself is not treated as the old tool', async t => {
  const ours = objects().replace('name: SERVICE_NAME, value: ecr', 'name: CONFIG_FILE, value: a').split('---')[0] ?? ''
  t.match(planned('ecr-anywhere-go', ours).problems, [/found nothing of ecr-anywhere-go/])
})

t.test('managed Secrets in namespaces that are not enabled are named', async t => {
  const secret = (namespace: string) =>
    `---\napiVersion: v1\nkind: Secret\nmetadata: {name: pull, namespace: ${namespace}, labels: {ecr-anywhere.centml.ai/managed: "true"}}\n`
  const namespaces = `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {ecr-anywhere.centml.ai/namespace: enabled}}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n`
  t.match(planned('ecr-anywhere-go', readmeValues.replace(/^/, '') + namespaces + secret('a') + secret('b')).problems, [
    /^Secret b\/pull: found it managed/,
  ])
})

t.test('values of another type are named', async t => {
  for (const [values, problem] of [
    ['name: "$(id)"', /the values: name: found another type or an invalid name/],
    ['deployment: {pod: {container: {env: [5]}}}', /the values: env: found no list of variables/],
  ] as const)
    t.match(planned('ecr-anywhere-go', values), { values: {}, steps: [], problems: [problem] })
})
