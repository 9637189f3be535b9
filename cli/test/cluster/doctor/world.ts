import { networkInterfaces } from 'node:os'
import { type AdmissionObject, readExpected } from '@ecr-anywhere/cronjob/check/expected.ts'
import { type AttestedTestbed, find, startAttested } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { type Rendered, releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { type OtherWebhook, startOtherWebhook } from '@ecr-anywhere/scripts/testbed/other-webhook.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import type { Test } from 'tap'
import { type OpenCluster, openCluster } from '../../../src/cluster/kube/open-cluster.ts'
import type { Check } from '../../../src/doctor/check.ts'
import { checks as allChecks } from '../../../src/doctor/checks/checks.ts'
import { type Diagnosis, diagnose } from '../../../src/doctor/diagnosis.ts'
import { type FactsOptions, factsOf } from '../../../src/doctor/facts/facts.ts'

export const roleArn = 'arn:aws:iam::123456789012:role/pull-a'
const registries = ['123456789012.dkr.ecr.us-east-1.amazonaws.com']
const nodeName = 'doctor-node'
const values = { tenants: [{ name: 'default' }, { name: 'team-a', registries, roleArn }], provision: { secretName: 'ecr-anywhere-pull' } }

export interface DoctorOptions extends Partial<FactsOptions> {
  checks?: readonly Check[]
  cluster?: OpenCluster
}

export interface DoctorWorld {
  bed: AttestedTestbed
  kubectl: AttestedTestbed['cluster']['kubectl']
  apply: (...objects: object[]) => Promise<string>
  /** An object as the chart renders it, and as it was applied here. */
  released: (kind: string, name: string) => Rendered
  /** Lets the pods of the webhook be ready, as a kubelet does. */
  readyPods: () => Promise<unknown>
  /** Changes the status of an object. */
  patchStatus: (kind: string, namespace: string, name: string, status: object) => Promise<string>
  examine: (options?: DoctorOptions) => Promise<Diagnosis>
  /** A webhook of somebody else that removes the image pull secrets of pods, where it is registered. */
  secretRemover: OtherWebhook
}

/**
 * A whole release on a control plane without nodes. Its controllers run: the Deployment makes pods, the Service has endpoints. Only what a
 * kubelet does is done here: the pods become ready, at the address of this machine, where the webhook really serves.
 */
export async function startDoctorWorld(t: Test): Promise<DoctorWorld> {
  const bed = await startAttested(t, { values, emulator: { roles: [{ arn: roleArn }] }, mode: 'policy' })
  const { kubectl, kubeconfig } = bed.cluster
  const apply = (...objects: object[]) => must(kubectl('apply', '--server-side', '--force-conflicts', '-f', '-', manifests(...objects)))
  const objects = releaseObjects(bed)
  const released: DoctorWorld['released'] = (kind, name) => find(objects, kind, name)
  await apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } }, ...objects)
  const patchStatus: DoctorWorld['patchStatus'] = (kind, namespace, name, status) =>
    must(kubectl('patch', kind, '-n', namespace, name, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })))
  const readyPods = () => until('the pods of the webhook are ready', () => makeReady(bed, patchStatus))
  const nowText = new Date().toISOString().replace(/\.\d+/, '')
  for (const name of ['ecr-anywhere-refresh', 'ecr-anywhere-certs']) {
    await patchStatus('cronjob', releaseNamespace, name, { lastScheduleTime: nowText, lastSuccessfulTime: nowText })
  }
  await readyPods()
  await must(bed.ecrAnywhere(['refresh'], { RELEASE_NAMESPACE: releaseNamespace }))
  const opened = await openCluster({ file: kubeconfig })
  t.teardown(opened.close)
  const examine: DoctorWorld['examine'] = ({ checks = allChecks, cluster = opened, ...options } = {}) =>
    diagnose(checks, factsOf(cluster, { releaseNamespace: undefined, nowMs: Date.now, pause: async () => {}, ...options }))
  const path = '/spec/imagePullSecrets'
  const secretRemover = await startOtherWebhook(t, {
    change: ({ spec }) => (spec.imagePullSecrets === undefined ? [] : [{ op: 'remove', path }]),
  })
  return { bed, kubectl, apply, released, readyPods, patchStatus, examine, secretRemover }
}

/** The objects of the chart that an attested testbed does not have, because it has no nodes. */
function releaseObjects({ rendered, registrations, webhook }: AttestedTestbed): Rendered[] {
  const port = Number(new URL(webhook().operationsUrl).port)
  return rendered.flatMap((object): Rendered[] => {
    const { kind, metadata, spec } = object
    if (!['Deployment', 'Service', 'ConfigMap', 'CronJob'].includes(kind) || metadata.annotations?.['helm.sh/hook'] !== undefined) return []
    const placed = { ...object, metadata: { ...metadata, namespace: releaseNamespace } }
    // Once a year: the Jobs of tests are made by tests.
    if (kind === 'CronJob') return [{ ...placed, spec: { ...spec, schedule: '0 0 1 1 *' } }]
    if (kind === 'Deployment')
      return [{ ...placed, spec: { ...spec, template: { ...spec.template, spec: withPort(spec.template.spec, port) } } }]
    if (metadata.name !== 'ecr-anywhere-check') return [placed]
    return [{ ...placed, data: { 'expected.json': JSON.stringify(expectedAs(object, registrations)) } }]
  })
}

// biome-ignore lint/suspicious/noExplicitAny: a PodSpec
function withPort(podSpec: any, containerPort: number) {
  const [container, ...others] = podSpec.containers
  const ports = container.ports.map((port: { name: string }) => (port.name === 'metrics' ? { ...port, containerPort } : port))
  return { ...podSpec, containers: [{ ...container, ports }, ...others] }
}

/** Webhooks are called by URL here, because this cluster has no Services that can be reached. */
export function expectedAs(configMap: Rendered, registrations: readonly object[]) {
  const installed = registrations as readonly AdmissionObject[]
  const written = readExpected(configMap.data['expected.json'])
  const objects = written.objects.map(object => {
    if (object.kind !== 'MutatingWebhookConfiguration' && object.kind !== 'APIService') return object
    const own = installed.find(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name)
    return { ...object, ...own, metadata: object.metadata }
  })
  return { ...written, objects, ofEachTenant: [] }
}

/** Binds each pod of the webhook to a node and sets its status. @returns whether both pods are endpoints of the Service */
async function makeReady({ cluster: { kubectl } }: AttestedTestbed, patchStatus: DoctorWorld['patchStatus']): Promise<boolean> {
  const selector = 'app.kubernetes.io/component=webhook'
  const listed = JSON.parse(await must(kubectl('get', 'pods', '-n', releaseNamespace, '-l', selector, '-o', 'json')))
  // Without a kubelet, nobody ends a pod that is being deleted.
  const items = listed.items.filter(
    ({ metadata }: { metadata: { deletionTimestamp?: string } }) => metadata.deletionTimestamp === undefined,
  )
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' })
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition)
  const status = { phase: 'Running', conditions, podIP: ownAddress(), podIPs: [{ ip: ownAddress() }] }
  for (const { metadata, spec } of items) {
    const { name, namespace } = metadata
    if (spec.nodeName === undefined) {
      const binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace },
        target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
      }
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/binding`
      await must(kubectl('create', '--raw', path, '-f', '-', manifests(binding)))
    }
    await patchStatus('pod', namespace, name, status)
  }
  const slices = JSON.parse(await must(kubectl('get', 'endpointslices', '-n', releaseNamespace, '-o', 'json')))
  const endpoints = slices.items.flatMap(({ endpoints }: { endpoints?: { conditions: { ready?: boolean } }[] }) => endpoints ?? [])
  return items.length === 2 && endpoints.filter(({ conditions }: { conditions: { ready?: boolean } }) => conditions.ready).length === 2
}

/** The API server connects to no loopback address of a pod. */
export function ownAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap(all => all ?? [])
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}
