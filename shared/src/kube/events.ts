export interface SecretEvent {
  secret: { namespace: string; name: string; uid: string }
  /** The reporting component, such as `ecr-anywhere-refresh`. */
  component: string
  /** In CamelCase, as `kubectl get events` shows it. */
  reason: string
  message: string
  /** Milliseconds since the epoch. */
  nowMs: number
}

/** The API server's limit for `message`: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/events.go */
export const maxMessageLength = 1024

/** A Warning Event on a Secret, in the Secret's namespace. */
export function warningEvent({ secret, component, reason, message, nowMs }: SecretEvent) {
  const { namespace, name, uid } = secret
  const time = new Date(nowMs).toISOString()
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${component}-`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Secret', name, namespace, uid },
    type: 'Warning',
    reason,
    message: message.slice(0, maxMessageLength),
    source: { component },
    reportingComponent: component,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  }
}
