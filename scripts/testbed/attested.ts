import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isCalledThroughApiServer } from '@ecr-anywhere/shared/kube/objects.ts'
import { annotations, apiServiceName } from '@ecr-anywhere/shared/names.ts'
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from '../cluster/control-plane.ts'
import type { Outcome } from '../cluster/run.ts'
import { serverVersion } from '../cluster/server-version.ts'
import { type BedAttestation, bedAttestation, bedValues } from './attestation.ts'
import { merged, type Rendered, releaseNamespace, render, type Values } from './helm.ts'
import { managedSecret, manifests } from './manifest.ts'
import { mountSecret } from './mounted-secret.ts'
import type { Install } from './plain-install.ts'
import { must, startTestbed, type Testbed, type TestbedOptions } from './testbed.ts'
import { until } from './until.ts'

/** The name of the Secret with the tickets in the chart. */
export const ticketSecret = 'ecr-anywhere-tickets'
/** A namespace that is not enabled. */
export const plainNamespace = 'not-enabled'

/** The kinds of objects that work without a node. */
const appliedKinds = /^(Mutating|Validating)|^(ServiceAccount|APIService)$|Role(Binding)?$/

export interface AttestedTestbed extends Testbed {
  cluster: ControlPlane
  /** The objects that the chart renders. */
  rendered: readonly Rendered[]
  /** The content of the ticket Secret in base64 by key, which is empty if this control plane cannot write tickets. */
  tickets: () => Promise<Record<string, string>>
  /** Copies the content of the ticket Secret to the files that the webhook reads, as kubelet does within a minute. */
  mountTickets: () => Promise<void>
  /** Applies the objects with such names again, rendered with further values. */
  reinstall: (names: RegExp, values: Values) => Promise<void>
  /** Runs `certs` once. */
  certs: (env?: Record<string, string>) => Promise<Outcome>
  /** Makes the tickets old enough for a rotation. */
  ageTickets: () => Promise<void>
  /** Completes a rotation without waiting between its phases. Does nothing without tickets. */
  rotateTickets: () => Promise<void>
}

/** An object with a teardown, such as a test. */
export interface Owner {
  teardown: (stop: () => unknown) => unknown
}

export type AttestedOptions = Omit<TestbedOptions, 'cluster' | 'id' | 'install' | 'registered'> & {
  values?: Values
  controlPlane?: ControlPlaneOptions
  /** Replaces the mode of the testbeds on this control plane. */
  mode?: BedAttestation | undefined
}

/**
 * Installs the product from the chart, with its admission policies. Their names are fixed, so it needs its own control plane. Without nodes
 * there are no Services, so the webhook is called by URL, or as an aggregated API by a Service that is an alias of localhost, and
 * `mountTickets` writes the mounted files.
 */
export async function startAttested(
  t: Owner,
  { values = {}, controlPlane, mode: given, ...options }: AttestedOptions = {},
): Promise<AttestedTestbed> {
  const mode = given ?? (await bedAttestation())
  const rendered = await render(merged(await bedValues(mode), values), await serverVersion())
  const cluster = await startControlPlane(controlPlane)
  t.teardown(() => cluster.stop())
  const { kubectl } = cluster
  const found = new Set<string>()
  const tickets = async () => {
    if (mode !== 'policy') return {}
    const secret = JSON.parse(await must(kubectl('get', 'secret', '-n', releaseNamespace, ticketSecret, '-o', 'json')))
    for (const ticket of Object.values<string>(secret.data)) found.add(ticket)
    return secret.data as Record<string, string>
  }
  let mountDir = ''
  const mountTickets = async () => {
    if (mode === 'policy') await mountSecret(mountDir, await tickets())
  }
  const install = chartInstall(rendered, mode, async dir => {
    const file = join(dir, 'tenants.yaml')
    await writeFile(file, find(rendered, 'ConfigMap', 'ecr-anywhere-tenants').data['tenants.yaml'])
    if (mode === 'aggregated') return { CONFIG_FILE: file, AGGREGATED_API: 'true', KUBECONFIG: cluster.kubeconfig }
    mountDir = join(dir, 'tickets')
    await mkdir(mountDir)
    await mountTickets()
    return { ATTESTATION_DIR: mountDir, CONFIG_FILE: file }
  })
  const bed = await startTestbed({ cluster, id: 'attested', install, ...options })
  t.teardown(() => {
    for (const ticket of found) bed.secrets.add(ticket)
    return bed.stop()
  })
  for (const value of ['enabled', ...tenantsOf(rendered)]) await bed.namespace(`ready-${value}`, value)
  await must(kubectl('create', 'namespace', plainNamespace))
  await untilInForce(cluster, ['enabled', ...tenantsOf(rendered)])

  const reinstall = async (names: RegExp, more: Values) => {
    const objects = await render(merged(merged(await bedValues(mode), values), more), await serverVersion())
    const changed = objects.filter(({ kind, metadata }) => appliedKinds.test(kind) && names.test(metadata.name))
    const addressed = changed.map(object => byAddress(object, bed.webhook().url))
    await must(kubectl('apply', '--server-side', '-f', '-', manifests(...addressed)))
  }
  const certs = (env: Record<string, string> = {}) => bed.ecrAnywhere(['certs'], env)
  const ageTickets = async () => {
    const longAgo = `${annotations.rotationPhaseSince}=2020-01-01T00:00:00Z`
    await must(kubectl('annotate', '--overwrite', 'secret', '-n', releaseNamespace, ticketSecret, longAgo))
  }
  const rotateTickets = async () => {
    if (mode !== 'policy') return
    await ageTickets()
    for (const _phase of ['publish', 'promote', 'drop']) {
      await until('certs writes tickets', async () => (await must(certs({ ROTATE_RELOAD: '1s' }))).includes('tickets written'))
      await mountTickets()
    }
  }
  return { ...bed, cluster, rendered, tickets, mountTickets, reinstall, certs, ageTickets, rotateTickets }
}

function chartInstall(rendered: readonly Rendered[], mode: string, mount: Install['mount']): Install {
  const configurations = rendered.filter(({ kind }) => kind === 'MutatingWebhookConfiguration')
  return {
    release: releaseNamespace,
    configurations: configurations.map(({ metadata }) => metadata.name),
    certsEnv:
      mode === 'policy'
        ? { TICKET_SECRET: ticketSecret, ATTESTED_TENANTS: tenantsOf(rendered).join() }
        : { API_SERVICE: apiServiceName, SERVING_DNS_NAMES: `127.0.0.1,localhost,${serviceName}.${releaseNamespace}.svc` },
    mount,
    objects: url => [
      ...(mode === 'aggregated' ? [serviceOnLocalhost] : []),
      ...rendered.filter(({ kind }) => appliedKinds.test(kind)).map(object => byAddress(object, url)),
    ],
  }
}

const serviceName = 'ecr-anywhere-webhook'
const serviceOnLocalhost = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: releaseNamespace, name: serviceName },
  spec: { type: 'ExternalName', externalName: 'localhost' },
}

/** Changes a webhook configuration to call `url` instead of a Service, and an APIService to use its port. Other objects are unchanged. */
function byAddress(object: Rendered, url: string): Rendered {
  if (object.kind === 'APIService') {
    return { ...object, spec: { ...object.spec, service: { ...object.spec.service, port: Number(new URL(url).port) } } }
  }
  if (object.kind !== 'MutatingWebhookConfiguration') return object
  // biome-ignore lint/suspicious/noExplicitAny: a rendered manifest
  const webhooks = object.webhooks.map(({ clientConfig, ...webhook }: any) => ({
    ...webhook,
    clientConfig: isCalledThroughApiServer(clientConfig) ? clientConfig : { url: url + clientConfig.service.path },
  }))
  return { ...object, webhooks }
}

function tenantsOf(rendered: readonly Rendered[]): string[] {
  const names = rendered.filter(({ kind }) => kind === 'MutatingWebhookConfiguration').map(({ metadata }) => metadata.name)
  return [...new Set(names.flatMap(name => /^ecr-anywhere-(?:aggregated-)?tenant-(.+)$/.exec(name)?.[1] ?? []))]
}

export function find(rendered: readonly Rendered[], kind: string, name: string): Rendered {
  const found = rendered.find(object => object.kind === kind && object.metadata.name === name)
  if (found === undefined) throw new Error(`the chart renders no ${kind} ${name}`)
  return found
}

/** Waits until the API server uses new policies and webhooks, which takes some time after they are stored. */
async function untilInForce({ kubectl }: ControlPlane, values: string[]): Promise<void> {
  const create = (namespace: string, ...flags: string[]) =>
    kubectl('create', ...flags, '-f', '-', manifests(managedSecret({ namespace, name: 'ready' })))
  for (const value of values) {
    await until(`a dry run in a namespace labelled ${value} reaches the webhook with its ticket`, async () => {
      const { code, stderr } = await create(`ready-${value}`, '--dry-run=server')
      return code === 0 && stderr.includes('Warning: ecr-anywhere: ')
    })
  }
  // The type needs no data, because other types are rejected before policies are evaluated.
  const untyped = manifests(managedSecret({ namespace: plainNamespace, name: 'ready', type: 'Opaque' }))
  await until('a Secret without injected credentials is denied', async () => (await kubectl('create', '-f', '-', untyped)).code !== 0)
}
