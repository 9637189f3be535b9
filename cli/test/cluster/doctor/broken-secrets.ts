import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { dockerConfigJson, managedSecret } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations, labels, statusConfigMap } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { BrokenLink } from './broken-link.ts'
import type { DoctorWorld } from './world.ts'

const hourMs = 3_600_000
const ecrImage = '123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1'
const gone =
  (name: string) =>
  ({ kubectl }: DoctorWorld) =>
    must(kubectl('delete', 'namespace', name, '--wait=true'))
const empty = { '.dockerconfigjson': btoa('{"auths":{}}') }

/** Another webhook of the cluster. The API server calls webhooks after all policies, whose order among themselves varies. */
const otherWebhook = ({ secretRemover: { clientConfig } }: DoctorWorld) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'no-pull-secrets' },
  webhooks: [
    {
      name: 'no-pull-secrets.example.com',
      clientConfig,
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    },
  ],
})

/** The Secrets, namespaces and pods of users. */
export const brokenSecrets: readonly BrokenLink[] = [
  {
    id: 'pull-secret-attached',
    said: /no image pull secret of a pod in namespace ready-\S+, in a dry run.*ecr-anywhere-pull, which `provision\.secretName` names/,
    break: world => world.apply(otherWebhook(world)),
    heal: ({ kubectl }) => must(kubectl('delete', 'mutatingwebhookconfiguration', 'no-pull-secrets')),
  },
  {
    id: 'pull-secret-attached',
    said: /no image pull secret of a pod in namespace ready-enabled, in a dry run.*Pull_Secret, which the annotation/,
    break: ({ kubectl }) => must(kubectl('annotate', 'namespace', 'ready-enabled', `${annotations.pullSecret}=Pull_Secret`)),
    heal: ({ kubectl }) => must(kubectl('annotate', 'namespace', 'ready-enabled', `${annotations.pullSecret}-`)),
  },
  {
    id: 'namespace-tenants',
    said: /the label ecr-anywhere\.centml\.ai\/namespace=nobody on namespace broken-tenant/,
    break: ({ bed }) => bed.namespace('broken-tenant', 'nobody'),
    heal: gone('broken-tenant'),
  },
  {
    id: 'secrets-not-enabled',
    said: /1 managed Secret in namespaces that are not enabled, which nobody renews: broken-off\/pull/,
    break: async world => {
      await withSecret(world, 'broken-off')
      await must(world.kubectl('label', 'namespace', 'broken-off', `${labels.namespace}-`))
    },
    heal: gone('broken-off'),
  },
  {
    id: 'namespaces-without-secret',
    said: /no managed Secret in broken-empty, whose pods have images in ECR/,
    break: async ({ bed, apply, kubectl }) => {
      await bed.namespace('broken-empty')
      await withAccount(kubectl, 'broken-empty')
      await apply(podIn('broken-empty'))
    },
    heal: gone('broken-empty'),
  },
  {
    id: 'label-spelling',
    said: /the label ecr-anywhere\.centml\.ai\/managed=True on broken-label\/pull, which has no effect/,
    break: async ({ bed, apply }) => {
      await bed.namespace('broken-label')
      await apply(managedSecret({ namespace: 'broken-label', name: 'pull', labels: { [labels.managed]: 'True' }, data: empty }))
    },
    heal: gone('broken-label'),
  },
  {
    id: 'unmanaged-namesake',
    said: /broken-copy\/namesake without the label, although Secrets of the same name are managed elsewhere/,
    break: async world => {
      await withSecret(world, 'broken-origin', 'namesake')
      await world.bed.namespace('broken-copy')
      await world.apply({
        apiVersion: 'v1',
        kind: 'Secret',
        type: dockerConfigJson,
        metadata: { namespace: 'broken-copy', name: 'namesake' },
        data: empty,
      })
    },
    heal: async world => {
      await gone('broken-copy')(world)
      await gone('broken-origin')(world)
    },
  },
  {
    id: 'secret-conflict',
    said: /of broken-two\/pull: the ExternalSecret pull owns it and writes it, too/,
    break: async world => {
      await withSecret(world, 'broken-two')
      const owner = {
        apiVersion: 'external-secrets.io/v1',
        kind: 'ExternalSecret',
        name: 'pull',
        uid: '11111111-1111-1111-1111-111111111111',
        controller: true,
      }
      await must(
        world.kubectl(
          'patch',
          'secret',
          '-n',
          'broken-two',
          'pull',
          '--type=merge',
          '-p',
          JSON.stringify({ metadata: { ownerReferences: [owner] } }),
        ),
      )
    },
    heal: gone('broken-two'),
  },
  {
    id: 'refresh-failures',
    said: /1 Secret that refresh could not renew; shop\/pull, since 2026-01-01T00:00:00Z: AccessDenied/,
    break: world => writeReport(world, [{ namespace: 'shop', name: 'pull', cause: 'AccessDenied', since: '2026-01-01T00:00:00Z' }]),
    heal: world => writeReport(world, []),
  },
  {
    id: 'secret-never-injected',
    said: /1 managed Secret without an expiry.*: broken-never\/pull/,
    break: world => withStored(world, 'broken-never', {}),
    heal: gone('broken-never'),
  },
  {
    id: 'secret-expired',
    said: /1 managed Secret that have expired: broken-old\/pull/,
    break: world => withStored(world, 'broken-old', timesOf(-1)),
    heal: gone('broken-old'),
  },
  {
    id: 'secret-long-due',
    said: /been due for more than 1h: broken-due\/pull/,
    break: world => withStored(world, 'broken-due', timesOf(3)),
    heal: gone('broken-due'),
  },
  {
    id: 'pods-pulling',
    said: /1 container in ErrImagePull: broken-pod\/app \(no connection from the node to the registry\)/,
    break: async world => {
      await withSecret(world, 'broken-pod')
      await withAccount(world.kubectl, 'broken-pod')
      await world.apply(podIn('broken-pod'))
      const waiting = { reason: 'ErrImagePull', message: `failed to resolve reference "${ecrImage}": dial tcp: i/o timeout` }
      await world.patchStatus('pod', 'broken-pod', 'app', {
        containerStatuses: [{ name: 'app', image: ecrImage, imageID: '', ready: false, restartCount: 0, state: { waiting } }],
      })
    },
    heal: gone('broken-pod'),
  },
]

async function withSecret({ bed, apply }: DoctorWorld, namespace: string, name = 'pull'): Promise<void> {
  await bed.namespace(namespace)
  await until('the webhook is called for the namespace', () =>
    apply(managedSecret({ namespace, name })).then(
      () => true,
      () => false,
    ),
  )
}

function withAccount(kubectl: DoctorWorld['kubectl'], namespace: string): Promise<unknown> {
  return until(
    'the namespace has its ServiceAccount',
    async () => (await kubectl('get', 'serviceaccount', '-n', namespace, 'default')).code === 0,
  )
}

function podIn(namespace: string) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: 'app' }, spec: { containers: [{ name: 'app', image: ecrImage }] } }
}

function timesOf(hoursLeft: number): Record<string, string> {
  const expiresAtMs = Date.now() + hoursLeft * hourMs
  return { [annotations.expiresAt]: formatTime(expiresAtMs), [annotations.updatedAt]: formatTime(expiresAtMs - 12 * hourMs) }
}

/** Stores a Secret that the webhook did not write, from before the policy existed. */
async function withStored({ bed, kubectl, apply }: DoctorWorld, namespace: string, notes: Record<string, string>): Promise<void> {
  const binding = 'ecr-anywhere-injected'
  await bed.namespace(namespace, 'later')
  await must(kubectl('delete', 'validatingadmissionpolicybinding', binding))
  const secret = managedSecret({ namespace, name: 'pull', annotations: notes, data: empty })
  await until('the policy is not in force', () =>
    apply(secret).then(
      () => true,
      () => false,
    ),
  )
  await apply(...bed.registrations.filter(object => 'kind' in object && object.kind === 'ValidatingAdmissionPolicyBinding'))
  await bed.namespace(namespace)
}

async function writeReport({ apply }: DoctorWorld, failures: object[]): Promise<void> {
  const states = { NeverInjected: 0, Expired: 0, Due: 0, Fresh: 0 }
  const truncated = { namespaces: false, expiring: false, failures: false, unlisted: false }
  const at = formatTime(Date.now())
  const counted = { at, states, notEnabled: 0, failed: failures.length, namespaces: [], expiring: [], failures, unlisted: [], truncated }
  const report = { version: 1, startedAt: at, finishedAt: at, failed: failures.length > 0, counted }
  const metadata = { namespace: releaseNamespace, name: statusConfigMap.name }
  await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [statusConfigMap.keys.report]: JSON.stringify(report) } })
}
