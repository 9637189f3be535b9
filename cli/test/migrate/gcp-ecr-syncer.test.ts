import t from 'tap'
import { variables, workload } from './manifests.ts'
import { commandsOf, planned } from './planned.ts'

const env = {
  DEBUG: 'False',
  AWS_REGION: 'us-east-1',
  AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/gcp-ecr-token-refresher-role',
  AWS_ECR_USERNAME: 'AWS',
  GCP_PROJECT_ID: 'my-gcp-project-id',
  GCP_LOCATION: 'europe-west1',
  GCP_SECRET_NAME: 'ecr-login-password',
  GCP_REPOSITORY_NAME: 'my-ecr-remote-repo',
}
const oidc = { AWS_OIDC_TOKEN_PATH: '/var/run/secrets/sts.googleapis.com/service-account-token' }
const values = {
  aws: { region: 'us-east-1' },
  check: { enabled: false },
  gcpSync: {
    enabled: true,
    projectId: 'my-gcp-project-id',
    location: 'europe-west1',
    secretName: 'ecr-login-password',
    repositoryName: 'my-ecr-remote-repo',
    aws: { roleArn: env.AWS_ROLE_ARN },
  },
}
const lines = (all: Record<string, string>) =>
  Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

t.test('on GKE, the workload stops before the chart, which writes at once, is installed', async t => {
  const account = `---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ecr-sa, namespace: sync, annotations: {iam.gke.io/gcp-service-account: s@p.iam.gserviceaccount.com}}\n`
  const plan = planned(
    'gcp-ecr-syncer',
    `${workload({ name: 'syncer', namespace: 'sync' }, { name: 'a', env: variables({ ...env, ...oidc }) })}\n${account}`,
  )
  t.same(plan.problems, [])
  t.same(plan.values, {
    ...values,
    gcpSync: { ...values.gcpSync, serviceAccount: { annotations: { 'iam.gke.io/gcp-service-account': 's@p.iam.gserviceaccount.com' } } },
  })
  t.same(
    plan.steps.map(({ phase }) => phase),
    ['stop', 'stop', 'install', 'verify', 'verify', 'remove', 'remove'],
  )
})

t.test('its environment alone is enough for the values', async t => {
  t.same(planned('gcp-ecr-syncer', lines({ ...env, ...oidc })).values, values)
})

t.test('on Cloud Run, the identity is that of the metadata server, and a note says how to stay there', async t => {
  const service = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'syncer' } }
  const text = JSON.stringify({
    ...service,
    spec: { template: { spec: { containers: [{ image: 'a', env: variables({ ...env, AWS_AUDIENCE: 'sts.amazonaws.com' }) }] } } },
  })
  const plan = planned('gcp-ecr-syncer', text)
  t.same(plan.problems, [])
  t.match(plan.values, { gcpSync: { aws: { audience: 'sts.amazonaws.com', projectedToken: false } } })
  t.match(plan.notes.join(), /Service default\/syncer runs on Cloud Run.*deploy\/cloudrun\/job\.yaml/)
  t.same(commandsOf(plan, 'stop'), [])
})

t.test('variables that are missing or invalid are problems', async t => {
  const { GCP_LOCATION: _, ...rest } = env
  const { problems } = planned('gcp-ecr-syncer', lines({ ...rest, AWS_ROLE_ARN: 'role', AWS_ECR_USERNAME: 'me' }))
  t.match(
    problems.join('\n'),
    /AWS_ROLE_ARN: found "role"; wanted.*\n.*GCP_LOCATION: found nothing.*\n.*AWS_ECR_USERNAME: found another name/,
  )
})
