import { readFile } from 'node:fs/promises'
import { base, merged, ofKind, podTemplates, render, template, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { parse } from 'yaml'

const roleArn = 'arn:aws:iam::111122223333:role/gcp-ecr'
const one = {
  enabled: true,
  projectId: 'my-project',
  location: 'europe-west1',
  repositoryName: 'ecr',
  secretName: 'login',
  aws: { roleArn },
}

async function jobOf(gcpSync: Values) {
  const objects = await render(merged(base, { gcpSync }))
  const [pod] = podTemplates(objects).filter(({ from }) => from === 'CronJob/ecr-anywhere-gcp-sync')
  const env = Object.fromEntries(
    (pod?.spec.containers[0].env ?? []).map(({ name, value }: { name: string; value: string }) => [name, value]),
  )
  const targets = ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name === 'ecr-anywhere-gcp-targets')
  return { objects, pod, env, targets: parse(targets?.data['targets.yaml'] ?? '') }
}

test('gcp-sync is off by default', async t => {
  const { pod, objects } = await jobOf({})
  t.equal(pod, undefined)
  t.notMatch(JSON.stringify(objects), 'gcp-')
})

test('on GKE the pod has a projected token for AWS, and none for the API server', async t => {
  const { pod, env, targets } = await jobOf(one)
  t.equal(pod?.spec.automountServiceAccountToken, false)
  t.equal(pod?.spec.serviceAccountName, 'ecr-anywhere-gcp-sync')
  const [token] = (pod?.spec.volumes ?? []).filter(({ name }: { name: string }) => name === 'aws-token')
  const path = 'service-account-token'
  t.strictSame(token.projected.sources, [{ serviceAccountToken: { path, audience: 'sts.amazonaws.com', expirationSeconds: 3600 } }])
  const [mount] = (pod?.spec.containers[0].volumeMounts ?? []).filter(({ name }: { name: string }) => name === 'aws-token')
  t.equal(env.AWS_OIDC_TOKEN_PATH, `${mount.mountPath}/${path}`)
  t.match(env, {
    GCP_PROJECT_ID: 'my-project',
    GCP_LOCATION: 'europe-west1',
    GCP_REPOSITORY_NAME: 'ecr',
    GCP_SECRET_NAME: 'login',
    AWS_REGION: 'us-east-1',
    AWS_ROLE_ARN: roleArn,
    DEBUG: 'False',
  })
  t.notOk('AWS_AUDIENCE' in env)
  t.strictSame(targets, { keepVersions: 2 })
})

test('without a projected token, the audience is given, for which the metadata server issues a token', async t => {
  const { pod, env } = await jobOf(merged(one, { aws: { projectedToken: false, audience: 'https://a.example' } }))
  t.equal(env.AWS_AUDIENCE, 'https://a.example')
  t.notOk('AWS_OIDC_TOKEN_PATH' in env)
  t.notMatch(pod?.spec.volumes, [{ name: 'aws-token' }])
})

test('many targets are in the file, and their defaults in variables', async t => {
  const targets = [{ repository: 'ecr' }, { repository: 'eu', secret: 'eu', region: 'eu-west-1' }]
  const { env, targets: file } = await jobOf({ ...one, repositoryName: '', targets, keepVersions: 3 })
  t.strictSame(file, { keepVersions: 3, targets })
  t.notOk('GCP_REPOSITORY_NAME' in env)
})

test('no Role is bound to the account', async t => {
  const { objects } = await jobOf(one)
  for (const kind of ['RoleBinding', 'ClusterRoleBinding'])
    for (const { subjects } of ofKind(objects, kind)) t.notMatch(JSON.stringify(subjects), 'gcp-sync')
})

test('the account has the annotations of Workload Identity', async t => {
  const annotations = { 'iam.gke.io/gcp-service-account': 'sync@my-project.iam.gserviceaccount.com' }
  const { objects } = await jobOf(merged(one, { serviceAccount: { annotations } }))
  const account = ofKind(objects, 'ServiceAccount').find(({ metadata }) => metadata.name === 'ecr-anywhere-gcp-sync')
  t.strictSame(account?.metadata.annotations, annotations)
})

test('a failed run has an alert', async t => {
  const { objects } = await jobOf(one)
  t.notMatch(JSON.stringify(objects), 'ECRAnywhereGcpSyncFailed')
  const rules = ofKind(await render(merged(base, { gcpSync: one, monitoring: { prometheusRule: { enabled: true } } })), 'PrometheusRule')
  t.match(JSON.stringify(rules), /"alert":"ECRAnywhereGcpSyncFailed".{0,400}ecr-anywhere-gcp-sync/s)
})

test('its egress is restricted with that of the other pods', async t => {
  const policies = ofKind(await render(merged(base, { gcpSync: one, networkPolicy: { egress: { enabled: true } } })), 'NetworkPolicy')
  const policy = policies.find(({ metadata }) => metadata.name === 'ecr-anywhere-gcp-sync-egress')
  t.match(policy?.spec.egress, [{}, { ports: [{ protocol: 'TCP', port: 443 }] }, { to: [{ ipBlock: { cidr: '169.254.169.254/32' } }] }])
})

test('the values on the page install a release', async t => {
  const page = await readFile(new URL('../../docs/consumers/artifact-registry.md', import.meta.url), 'utf8')
  const [, values = ''] = /## On GKE\n\n```yaml\n(.*?)```/s.exec(page) ?? []
  const { code, stderr } = await template(parse(values))
  t.equal(code, 0, stderr)
})

const refused: [about: string, values: Values, problem: RegExp][] = [
  ['nothing but enabled', { enabled: true }, /gcpSync\.projectId: found nothing with gcpSync\.enabled/],
  ['no role', { ...one, aws: {} }, /gcpSync\.aws\.roleArn: found nothing/],
  ['a repository beside targets', { ...one, targets: [{ repository: 'a' }] }, /gcpSync\.repositoryName: found it beside gcpSync\.targets/],
  ['an unknown field of a target', { ...one, repositoryName: '', targets: [{ repository: 'a', tag: 'b' }] }, /tag/],
  ['one version', { ...one, keepVersions: 1 }, /keepVersions/],
]

for (const [about, gcpSync, problem] of refused) {
  test(`${about} is refused`, async t => {
    const { code, stderr } = await template(merged(base, { gcpSync }))
    t.not(code, 0)
    t.match(stderr, problem)
  })
}
