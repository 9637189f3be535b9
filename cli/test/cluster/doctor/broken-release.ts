import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { openCluster } from '../../../src/cluster/kube/open-cluster.ts'
import type { BrokenLink } from './broken-link.ts'
import type { DoctorWorld } from './world.ts'

const of = (...args: string[]) => [...args, '-n', releaseNamespace]
const policy = (name: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: releaseNamespace, name },
  spec: { podSelector: {}, ...spec },
})
const deleted = (kind: string, name: string) => (world: DoctorWorld) => must(world.kubectl('delete', ...of(kind, name)))
const applied = (kind: string, name: string) => (world: DoctorWorld) => world.apply(world.released(kind, name))

/** The cluster itself, the objects of the release, and its pods. */
export const brokenRelease: readonly BrokenLink[] = [
  {
    id: 'cluster-reachable',
    said: /found ECONNREFUSED from the API server at 127\.0\.0\.1:1/,
    options: async ({ bed }) => {
      const config = JSON.parse(await readFile(bed.cluster.kubeconfig, 'utf8'))
      config.clusters[0].cluster.server = 'https://127.0.0.1:1'
      const file = join(bed.dir, 'gone.kubeconfig')
      await writeFile(file, JSON.stringify(config))
      return { cluster: await openCluster({ file }) }
    },
  },
  {
    id: 'cluster-version',
    said: /found Kubernetes v1\.29\.4; expected 1\.30 or later/,
    // An older API server cannot be had here, so its answer is changed.
    options: async ({ bed }) => {
      const opened = await openCluster({ file: bed.cluster.kubeconfig })
      return {
        cluster: {
          ...opened,
          request: async asked =>
            asked.path === '/version' ? { ...(await opened.request(asked)), body: { gitVersion: 'v1.29.4' } } : opened.request(asked),
        },
      }
    },
  },
  { id: 'cluster-clock', said: /API server's clock is 10m behind/, options: async () => ({ nowMs: () => Date.now() + 600_000 }) },
  { id: 'release-found', said: /found no objects of a release/, options: async () => ({ releaseNamespace: 'default' }) },
  {
    id: 'release-complete',
    said: /found no Service\/ecr-anywhere-webhook in namespace ecr-release/,
    break: deleted('service', 'ecr-anywhere-webhook'),
    heal: applied('Service', 'ecr-anywhere-webhook'),
  },
  {
    id: 'network-ingress',
    said: /the NetworkPolicy deny lets nobody connect to port 10250/,
    break: ({ apply }) => apply(policy('deny', { policyTypes: ['Ingress'] })),
    heal: deleted('networkpolicy', 'deny'),
  },
  {
    id: 'network-egress',
    said: /the NetworkPolicy dns lets the webhook connect to nobody, or to DNS only/,
    break: ({ apply }) => apply(policy('dns', { policyTypes: ['Egress'], egress: [{ ports: [{ protocol: 'UDP', port: 53 }] }] })),
    heal: deleted('networkpolicy', 'dns'),
  },
  {
    id: 'webhook-scaled',
    said: /scaled to 0.*kubectl scale deployment/,
    break: ({ kubectl }) => must(kubectl(...of('scale', 'deployment', 'ecr-anywhere-webhook', '--replicas=0'))),
    heal: scaledUp,
  },
  {
    id: 'webhook-created',
    said: /the API server refuses pods of the webhook: .*exceeded quota/,
    break: async ({ kubectl, apply }) => {
      await apply({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { namespace: releaseNamespace, name: 'none' },
        spec: { hard: { pods: '0' } },
      })
      await must(kubectl(...of('delete', 'pods', '-l', 'app.kubernetes.io/component=webhook', '--force', '--grace-period=0')))
    },
    heal: async world => {
      await deleted('resourcequota', 'none')(world)
      // The controller would wait longer and longer before it tries again.
      await must(world.kubectl(...of('scale', 'deployment', 'ecr-anywhere-webhook', '--replicas=0')))
      await scaledUp(world)
    },
  },
  {
    id: 'webhook-ready',
    said: /1 of 2 pods not ready: ecr-anywhere-webhook-\S+ ended with exit code 2: found no AWS region/,
    break: async ({ kubectl, patchStatus }) => {
      const terminated = { exitCode: 2, reason: 'Error', message: 'starting\nfound no AWS region' }
      const container = {
        name: 'webhook',
        image: 'a',
        imageID: '',
        ready: false,
        restartCount: 3,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated },
      }
      const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }]
      await patchStatus('pod', releaseNamespace, await firstPod(kubectl), { conditions, containerStatuses: [container] })
    },
    heal: ({ readyPods }) => readyPods(),
  },
  {
    id: 'webhook-endpoints',
    said: /no ready endpoint of the Service ecr-anywhere-webhook, although ecr-anywhere-webhook-\S+ are ready|no ready endpoint.*although/,
    break: ({ kubectl }) =>
      must(
        kubectl(...of('patch', 'service', 'ecr-anywhere-webhook', '-p', '{"spec":{"selector":{"app.kubernetes.io/component":"other"}}}')),
      ),
    heal: async world => {
      await applied('Service', 'ecr-anywhere-webhook')(world)
      await world.readyPods()
    },
  },
  {
    id: 'release-version',
    said: /found version 0\.0\.9 in namespace ecr-release; expected version/,
    break: ({ kubectl }) =>
      must(kubectl(...of('label', '--overwrite', 'cronjob', 'ecr-anywhere-certs', 'app.kubernetes.io/version=0.0.9'))),
    heal: applied('CronJob', 'ecr-anywhere-certs'),
  },
]

async function scaledUp({ kubectl, readyPods }: DoctorWorld): Promise<void> {
  await must(kubectl(...of('scale', 'deployment', 'ecr-anywhere-webhook', '--replicas=2')))
  await readyPods()
}

export async function firstPod(kubectl: DoctorWorld['kubectl']): Promise<string> {
  const name = await must(kubectl(...of('get', 'pods', '-l', 'app.kubernetes.io/component=webhook', '-o', 'name')))
  return name.split('\n')[0]?.replace('pod/', '') ?? ''
}
