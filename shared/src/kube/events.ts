import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node'

export interface SecretEvent {
  secret: { namespace: string; name: string; uid: string }
  /** CamelCase, as `kubectl get events` shows it. */
  reason: string
  message: string
  nowMs: number
}

/** The API server's limit for `note`. */
const maxNoteLength = 1024

/** A function that records a Warning Event on a Secret, in the Secret's namespace. It throws what client-node throws. */
export function secretWarnings(config: KubeConfig, component: string): (event: SecretEvent) => Promise<void> {
  const api = config.makeApiClient(CoreV1Api)
  return async ({ secret: { name, namespace, uid }, reason, message, nowMs }) => {
    const time = new Date(nowMs)
    await api.createNamespacedEvent({
      namespace,
      body: {
        metadata: { generateName: `${component}-`, namespace },
        involvedObject: { apiVersion: 'v1', kind: 'Secret', name, namespace, uid },
        type: 'Warning',
        reason,
        message: message.slice(0, maxNoteLength),
        source: { component },
        reportingComponent: component,
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
      },
    })
  }
}
