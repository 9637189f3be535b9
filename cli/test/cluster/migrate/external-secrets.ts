import { createHash } from 'node:crypto'
import { dockerSecret, type OldTool, type ToolWorld } from './old-tool.ts'

const namespace = 'eso'
const name = 'ecr'
const secret = 'ecr-secret'
const group = 'external-secrets.io'
const generators = `generators.${group}`
const secrets = `/api/v1/namespaces/${namespace}/secrets`
const finalizer = `externalsecrets.${group}/externalsecret-cleanup`

/** The CustomResourceDefinition of a kind, without its schema. */
const definition = (inGroup: string, version: string, kind: string) => {
  const plural = `${kind.toLowerCase()}s`
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${inGroup}` },
    spec: {
      group: inGroup,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  }
}

export const definitions = [definition(group, 'v1', 'ExternalSecret'), definition(generators, 'v1alpha1', 'ECRAuthorizationToken')]

/**
 * The operator: it writes its Secret again, with a new token, whenever the data of the Secret is not what it wrote last. It keeps labels of
 * others, and is the Secret's owner. It has a finalizer, and with `deletionPolicy: Delete` it deletes the Secret that it controls when the
 * ExternalSecret is deleted.
 */
export const externalSecrets: OldTool = {
  name: 'external-secrets',
  namespace,
  secret,
  recreates: false,
  isUndone: async () => writes > 5,
  manifests: [
    {
      apiVersion: `${generators}/v1alpha1`,
      kind: 'ECRAuthorizationToken',
      metadata: { namespace, name: 'ecr-gen' },
      spec: { region: 'us-east-1' },
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'ExternalSecret',
      metadata: { namespace, name, finalizers: [finalizer] },
      spec: {
        refreshInterval: '1h',
        target: { name: secret, deletionPolicy: 'Delete', template: { type: 'kubernetes.io/dockerconfigjson' } },
        dataFrom: [
          { sourceRef: { generatorRef: { apiVersion: `${generators}/v1alpha1`, kind: 'ECRAuthorizationToken', name: 'ecr-gen' } } },
        ],
      },
    },
  ],
  async write(world) {
    const { api } = world
    const path = `/apis/${group}/v1/namespaces/${namespace}/externalsecrets/${name}`
    const { status, body: external } = await api('GET', path)
    if (status === 404) return false
    const { body: stored, status: found } = await api('GET', `${secrets}/${secret}`)
    if (external.metadata.deletionTimestamp !== undefined) {
      const isOwned = (stored.metadata?.ownerReferences ?? []).some(({ uid }: { uid: string }) => uid === external.metadata.uid)
      if (external.spec.target.deletionPolicy === 'Delete' && isOwned) await api('DELETE', `${secrets}/${secret}`)
      const finalizers = (external.metadata.finalizers ?? []).filter((one: string) => one !== finalizer)
      await api('PATCH', path, { metadata: { finalizers, resourceVersion: external.metadata.resourceVersion } })
      return true
    }
    if (found === 200 && stored.metadata.annotations?.[dataHash] === hashOf(stored.data)) return true
    writes += 1
    const written = ownedBy(external, world)
    if (found === 404) await api('POST', secrets, written)
    else await api('PUT', `${secrets}/${secret}`, mergedInto(stored, written))
    return true
  },
}

const dataHash = 'reconcile.external-secrets.io/data-hash'
let writes = 0

function hashOf(data: object): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex')
}

function ownedBy({ metadata: { uid } }: { metadata: { uid: string } }, world: ToolWorld) {
  // Each token of ECR is another one.
  const { metadata, ...rest } = dockerSecret({ namespace, secret }, world, `${writes}@b.test`)
  const labels = { 'reconcile.external-secrets.io/managed': 'true', 'reconcile.external-secrets.io/created-by': 'hash' }
  const owner = { apiVersion: `${group}/v1`, kind: 'ExternalSecret', name, uid, controller: true, blockOwnerDeletion: true }
  return { ...rest, metadata: { ...metadata, labels, annotations: { [dataHash]: hashOf(rest.data) }, ownerReferences: [owner] } }
}

// biome-ignore lint/suspicious/noExplicitAny: a Secret as it is stored
function mergedInto(stored: any, written: ReturnType<typeof ownedBy>) {
  const metadata = {
    ...stored.metadata,
    labels: { ...stored.metadata.labels, ...written.metadata.labels },
    annotations: { ...stored.metadata.annotations, ...written.metadata.annotations },
    ownerReferences: written.metadata.ownerReferences,
  }
  return { ...stored, metadata, data: written.data }
}
