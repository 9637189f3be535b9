import t from 'tap'
import { variables } from './manifests.ts'
import { commandsOf, planned } from './planned.ts'

const containers = [{ name: 'a', image: 'k8s-ecr-login-renew', env: variables({ AWS_REGION: 'us-east-1', DOCKER_SECRET_NAME: 'pull' }) }]
const kinds: [kind: string, spec: object, stop: RegExp[], removed: string[]][] = [
  [
    'Deployment',
    { template: { spec: { containers } } },
    [/^kubectl scale deployment a -n tools --replicas=0$/],
    ['kubectl delete deployment a -n tools'],
  ],
  [
    'StatefulSet',
    { selector: { matchLabels: { app: 'a' } }, template: { spec: { containers } } },
    [/^kubectl scale statefulset a -n tools --replicas=0$/, /^kubectl wait pod -n tools -l app=a .*--for=delete/],
    ['kubectl delete statefulset a -n tools'],
  ],
  [
    'ReplicationController',
    { selector: { app: 'a' }, template: { spec: { containers } } },
    [/^kubectl scale replicationcontroller a -n tools --replicas=0$/, /^kubectl wait pod -n tools -l app=a .*--for=delete/],
    ['kubectl delete replicationcontroller a -n tools'],
  ],
  ['DaemonSet', { template: { spec: { containers } } }, [/^kubectl delete daemonset a -n tools$/], []],
  ['Pod', { containers }, [/^kubectl delete pod a -n tools$/], []],
  [
    'Job',
    { template: { spec: { containers } } },
    [/^kubectl wait job\/a -n tools --for=condition=complete/],
    ['kubectl delete job a -n tools'],
  ],
]

for (const [kind, spec, stop, removed] of kinds) {
  t.test(`a ${kind} is stopped before anything is labelled, and removed once`, async t => {
    const plan = planned(
      'k8s-ecr-login-renew',
      JSON.stringify({ apiVersion: 'a/v1', kind, metadata: { name: 'a', namespace: 'tools' }, spec }),
    )
    t.same(plan.problems, [])
    t.match(commandsOf(plan, 'stop'), stop)
    t.equal(commandsOf(plan, 'stop').length, stop.length)
    t.same(commandsOf(plan, 'remove'), removed)
    t.notMatch(plan.notes.join(), 'no command here stops')
  })
}

t.test('a Job that a CronJob has made is not treated as another tool', async t => {
  const owned = { name: 'a-1', namespace: 'tools', ownerReferences: [{ kind: 'CronJob', name: 'a' }] }
  const text = JSON.stringify({ apiVersion: 'batch/v1', kind: 'Job', metadata: owned, spec: { template: { spec: { containers } } } })
  t.match(planned('k8s-ecr-login-renew', text).problems, [/found nothing of k8s-ecr-login-renew/])
})

t.test('objects that Argo CD or Flux manages are named, because it undoes the changes', async t => {
  const marks = [{ annotations: { 'argocd.argoproj.io/tracking-id': 'a' } }, { labels: { 'kustomize.toolkit.fluxcd.io/name': 'a' } }]
  for (const mark of marks) {
    const metadata = { name: 'a', namespace: 'tools', ...mark }
    const text = JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template: { spec: { containers } } } })
    t.match(planned('k8s-ecr-login-renew', text).notes[0], /^Argo CD or Flux manages Deployment tools\/a, and undoes/)
  }
})

t.test('without a region anywhere, the value that the chart needs is named', async t => {
  const without = containers.map(one => ({ ...one, env: variables({ DOCKER_SECRET_NAME: 'pull' }) }))
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: without } })
  t.match(planned('k8s-ecr-login-renew', text).problems, [/^the value aws\.region: found no AWS region in the input/])
})
