import * as z from 'zod'
import { Fault } from '../fault.ts'
import type { KubeAnswer } from './transport.ts'

const text = z.string().optional().catch(undefined)
const causes = z
  .array(z.object({ message: text, reason: text }))
  .optional()
  .catch(undefined)
const statusSchema = z
  .object({
    message: text,
    reason: text,
    metadata: z.object({ continue: text }).optional().catch(undefined),
    details: z.object({ group: text, kind: text, causes }).optional().catch(undefined),
  })
  .catch({})

/**
 * Parses the Status of a refusal. Fields that are absent or cannot be parsed are undefined.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export function statusOf({ body }: KubeAnswer): z.output<typeof statusSchema> {
  return statusSchema.parse(body)
}

/**
 * Whether an object cannot be created because its namespace is deleted, or is being deleted. HTTP 404 alone does not say so: a proxy, or
 * another webhook, may answer with it.
 */
export function isNamespaceGone(answer: KubeAnswer): boolean {
  const { reason, details } = statusOf(answer)
  const isDeleted = answer.status === 404 && reason === 'NotFound' && details?.kind === 'namespaces'
  return isDeleted || details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true
}

/** Creates a fault for a refusal, with the API server's own message, which contains no content of objects. */
export function refused(what: string, answer: KubeAnswer): Fault {
  const message = messageOf(answer)
  return new Fault('transient', {
    code: statusOf(answer).reason || `HTTP ${answer.status}`,
    found: `HTTP ${answer.status} on ${what}: ${message ?? 'no message'}`,
    wanted: 'HTTP 200',
    todo: todoFor(answer.status, message),
  })
}

/** The API server's own message on one line, short enough for an Event and a termination message; undefined if there is none. */
export function messageOf(answer: KubeAnswer): string | undefined {
  const line = statusOf(answer).message?.trim().replace(/\s+/g, ' ') || undefined
  return line === undefined || line.length <= maxMessageLength ? line : `${line.slice(0, maxMessageLength - 1)}…`
}

/** The denial of another webhook can have any length. An Event is limited to 1024 characters, a termination message to 2048 bytes. */
const maxMessageLength = 900

function todoFor(status: number, message: string | undefined): string {
  if (status === 401)
    return 'The API server does not accept these credentials: log in to the cluster again, then try `kubectl auth whoami`.'
  if (status !== 403) return 'See the API server and its log.'
  // The message of a policy says what to do.
  if (message?.includes('denied request')) return 'Correct what the policy names.'
  return 'Give this account the right (RBAC). `kubectl auth can-i --list` shows which it has.'
}
