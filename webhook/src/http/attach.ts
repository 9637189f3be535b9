import type { Server } from 'node:https'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { FastifyInstance } from 'fastify'
import { type Attachment, attach } from '../attach/attach.ts'
import { byteRate } from '../attach/byte-rate.ts'
import { weigh } from '../memory-limits/weight.ts'
import { parseJson } from '../parse-json.ts'

export const attachRoute = '/attach/:tenant'

/** The estimated memory of one parsed review. That of a Pod with a thousand containers takes a quarter of it. */
export const maxPodBytes = 16 * 1024 * 1024
/** For all reviews of Pods together: more than a thousand usual Pods in a second, which take about a tenth of a core. */
export const maxPodBytesPerSecond = 16 * 1024 * 1024

const podTooLarge = new Fault('input', {
  code: 'BodyTooLarge',
  found: 'a review with more values than any usual Pod has',
  wanted: 'an AdmissionReview of a Pod',
  todo: 'The Pod is created without the image pull secret. Name the Secret in the Pod itself.',
})

const tooManyPods = new Fault('transient', {
  code: 'TooManyPods',
  found: `more than ${maxPodBytesPerSecond} bytes of reviews of Pods in a second`,
  wanted: 'fewer',
  todo: 'The Pod is created without the image pull secret. If this persists, clients other than the API server send reviews: check the NetworkPolicy.',
})

export interface AttachOptions {
  /** The name of the image pull secret. */
  secretName: string
  /** Called before the answer is sent. @param tenant the name in the path */
  onAttachment: (tenant: string, attachment: Attachment) => void
  isDraining: () => boolean
  nowMs: () => number
}

/**
 * Serves the reviews of Pods. The answer contains nothing secret and has no effect, so the caller is not authenticated. What a stranger can
 * spend with it is bounded: the memory of one review, because each is parsed and answered before the next, and the time of all of them.
 */
export function serveAttach(app: FastifyInstance<Server>, { secretName, onAttachment, isDraining, nowMs }: AttachOptions): void {
  const mayParse = byteRate(maxPodBytesPerSecond, nowMs)
  app.post<{ Params: { tenant: string } }>(attachRoute, ({ body, params }, reply) => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
    if (!mayParse(bytes.length)) throw tooManyPods
    if (weigh(bytes) > maxPodBytes) throw podTooLarge
    const attachment = attach(parseJson(bytes), secretName)
    onAttachment(params.tenant, attachment)
    if (isDraining()) reply.header('connection', 'close')
    return reply.send(attachment.reply)
  })
}
