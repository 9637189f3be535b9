import { z } from 'zod'
import { Fault } from '../fault.ts'
import type { KubeAnswer } from './transport.ts'

const text = z.string().optional().catch(undefined)
const causes = z
  .array(z.object({ message: text }))
  .optional()
  .catch(undefined)
const statusSchema = z
  .object({
    message: text,
    reason: text,
    metadata: z.object({ continue: text }).optional().catch(undefined),
    details: z.object({ group: text, causes }).optional().catch(undefined),
  })
  .catch({})

/**
 * What a refusal says; what is absent or cannot be read is undefined.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export function statusOf({ body }: KubeAnswer): z.output<typeof statusSchema> {
  return statusSchema.parse(body)
}

/** A refusal in one sentence: the API server's own message, which holds no content of objects. */
export function refused(what: string, answer: KubeAnswer): Fault {
  const message = messageOf(answer)
  return new Fault('transient', {
    code: statusOf(answer).reason || `HTTP ${answer.status}`,
    found: `HTTP ${answer.status} on ${what}: ${message ?? 'no message'}`,
    wanted: 'HTTP 200',
    todo: todoFor(answer.status, message),
  })
}

/** The API server's own message on one line, of a length that fits into an Event and a termination message; undefined if there is none. */
export function messageOf(answer: KubeAnswer): string | undefined {
  const line = statusOf(answer).message?.trim().replace(/\s+/g, ' ') || undefined
  return line === undefined || line.length <= maxMessageLength ? line : `${line.slice(0, maxMessageLength - 1)}…`
}

/** Another webhook's denial may be of any length. An Event has 1024 characters at most, a termination message 2048 bytes. */
const maxMessageLength = 900

function todoFor(status: number, message: string | undefined): string {
  if (status !== 403) return 'See the API server and its log.'
  // A policy's own sentence says what to do.
  return message?.includes('denied request') ? 'Correct what the policy names.' : 'Give this service account the right (RBAC).'
}
