export interface ObjectEvent {
  /** The object that it is about. An Event about a Namespace is in that namespace, where `kubectl get events` shows it. */
  about: { kind: 'Secret' | 'Namespace' | 'Pod'; namespace: string; name: string; uid: string }
  /** `Warning` by default. */
  type?: 'Normal' | 'Warning'
  /** The reporting component, such as `ecr-anywhere-refresh`. */
  component: string
  /** In CamelCase, as `kubectl get events` shows it. */
  reason: string
  message: string
  /** Makes up the name of the Event. The API server then refuses a second Event with the same `id` while the first is stored. */
  id?: string
  /** Milliseconds since the epoch. */
  nowMs: number
}

/** The API server's limit for `message`: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/events.go */
export const maxMessageLength = 1024

/** An Event in the namespace of the object that it is about. */
export function eventObject({ about, type = 'Warning', component, reason, message, id, nowMs }: ObjectEvent) {
  const { kind, namespace, name, uid } = about
  const time = new Date(nowMs).toISOString()
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { ...(id === undefined ? { generateName: `${component}-` } : { name: `${component}.${id}` }), namespace },
    involvedObject: { apiVersion: 'v1', kind, name, namespace, uid },
    type,
    reason,
    message: message.slice(0, maxMessageLength),
    source: { component },
    reportingComponent: component,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  }
}
