import { pathOf } from '@ecr-anywhere/shared/kube/path.ts'
import { annotations, labels } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import { type ApiUser, apiUser } from './api-user.ts'

const connections = 32
const registry = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

/** Creates objects as fast as the API server takes them. */
export async function createAll(kubeconfig: string, objects: readonly BulkObject[]): Promise<void> {
  const user = await apiUser(kubeconfig, connections)
  try {
    const left = objects.values()
    await Promise.all(
      Array.from({ length: connections }, async () => {
        for (const object of left) await create(user, object)
      }),
    )
  } finally {
    user.close()
  }
}

export interface BulkObject {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string }
  [field: string]: unknown
}

async function create({ request }: ApiUser, object: BulkObject): Promise<void> {
  const { namespace } = object.metadata
  const path = pathOf({ apiVersion: object.apiVersion, kind: object.kind, namespace })
  const answer = await request({ method: 'POST', path: `${path}?fieldManager=bulk`, body: JSON.stringify(object) })
  if (answer.status !== 201) throw new Error(`creating ${object.kind} ${object.metadata.name}: ${JSON.stringify(answer.body)}`)
}

/** A managed Secret as the webhook leaves it, with a password as long as AWS's. No webhook is called where none is registered. */
export function filledSecret(namespace: string, name: string, nowMs: number): BulkObject {
  const auth = { username: 'AWS', password: 'x'.repeat(2_000), auth: 'x'.repeat(2_700) }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    metadata: {
      namespace,
      name,
      labels: { [labels.managed]: 'true', 'app.kubernetes.io/part-of': 'shop' },
      annotations: {
        [annotations.registries]: registry,
        [annotations.injectedRegistries]: registry,
        [annotations.updatedAt]: formatTime(nowMs - 3_600_000),
        [annotations.expiresAt]: formatTime(nowMs + 11 * 3_600_000),
        [annotations.markedForUpdateAt]: formatTime(nowMs - 3_600_000),
      },
    },
    stringData: { '.dockerconfigjson': JSON.stringify({ auths: { [registry]: auth } }) },
  } as unknown as BulkObject
}

/** A pod as Deployments make them, with a sidecar, probes and variables: about 5 kB as the API server sends it. */
export function pullingPod(namespace: string, name: string, secret: string): BulkObject {
  const container = (of: string) => ({
    name: of,
    image: `${registry}/shop/${of}@sha256:${'0123456789abcdef'.repeat(4)}`,
    ports: [{ name: 'http', containerPort: 8080 }],
    env: Array.from({ length: 8 }, (_, at) => ({ name: `VARIABLE_${at}`, value: `value-of-the-variable-${at}` })),
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 5 },
    livenessProbe: { httpGet: { path: '/livez', port: 'http' }, periodSeconds: 10 },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
  })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels: { app: 'shop', 'app.kubernetes.io/name': 'shop', 'pod-template-hash': '7d4b9c8f6d' } } as {
      name: string
    },
    spec: { imagePullSecrets: [{ name: secret }], containers: [container('app'), container('proxy')] },
  }
}
