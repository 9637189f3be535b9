import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import { dockerSecret, type ToolWorld } from './old-tool.ts'

export const namespace = 'go-original'
const app = 'go-original'
const matchLabels = { app }
const image = 'ghcr.io/centml/ecr-anywhere:v1.0.2'
const container = { name: app, image }
const env = [
  { name: 'SERVICE_NAME', value: app },
  { name: 'CERT_FILE', value: '/etc/webhook/certs/tls.crt' },
  { name: 'AWS_REGION', value: 'us-east-1' },
  { name: 'AWS_ROLE_ARN', value: 'arn:aws:iam::123456789012:role/pull' },
  { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: '/var/run/token' },
]

/** What the chart of the Go original installs. No pod of it runs here, so its webhook is not called. */
export const goManifests = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name: app, labels: matchLabels },
    spec: {
      selector: { matchLabels },
      template: { metadata: { labels: matchLabels }, spec: { containers: [{ ...container, env }] } },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { namespace, name: app, labels: matchLabels },
    spec: {
      schedule: '0 0 1 1 *',
      jobTemplate: {
        spec: { template: { spec: { restartPolicy: 'OnFailure', containers: [{ ...container, command: ['/ecr-anywhere-refresher'] }] } } },
      },
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: app },
    webhooks: [
      {
        name: 'ecr-anywhere.centml.ai',
        clientConfig: { service: { name: app, namespace, path: '/sync' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['secrets'] }],
        namespaceSelector: { matchLabels: { [labels.namespace]: 'enabled' } },
        objectSelector: { matchLabels: { [labels.managed]: 'true' } },
        failurePolicy: 'Ignore',
        timeoutSeconds: 1,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
      },
    ],
  },
]

/** A Secret as its webhook leaves it: with our labels, and without the annotation `injected_registries`. */
export function goSecret(world: ToolWorld, nowMs: number) {
  const { metadata, ...rest } = dockerSecret({ namespace, secret: 'pull' }, world)
  const times = { [annotations.expiresAt]: formatTime(nowMs + 11 * 3_600_000), [annotations.updatedAt]: formatTime(nowMs - 3_600_000) }
  return { ...rest, metadata: { ...metadata, labels: { [labels.managed]: 'true' }, annotations: times } }
}
