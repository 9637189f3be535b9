import type { KubeClient } from './client.ts'
import { refused } from './metadata.ts'

export interface SecretEvent {
  secret: { namespace: string; name: string; uid: string }
  /** CamelCase, as `kubectl get events` shows it. */
  reason: string
  message: string
  /** Milliseconds since the epoch. */
  nowMs: number
}

/** The API server's limit for `message`: https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/events.go */
export const maxMessageLength = 1024

/**
 * Records a Warning Event on a Secret, in the Secret's namespace.
 *
 * @param send one request, with the caller's retries
 * @param component who says it, such as `ecr-anywhere-refresh`
 * @throws Fault `transient` with the API server's reason
 */
export async function warnOfSecret(send: KubeClient['request'], component: string, event: SecretEvent): Promise<void> {
  const { namespace, name, uid } = event.secret
  const time = new Date(event.nowMs).toISOString()
  const body = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${component}-`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Secret', name, namespace, uid },
    type: 'Warning',
    reason: event.reason,
    message: event.message.slice(0, maxMessageLength),
    source: { component },
    reportingComponent: component,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  }
  const answer = await send({ method: 'POST', path: `/api/v1/namespaces/${namespace}/events`, body: JSON.stringify(body) })
  if (answer.status !== 201) throw refused(`creating an Event in ${namespace}`, answer)
}
