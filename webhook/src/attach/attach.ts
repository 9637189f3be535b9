import { isRegistryImage } from '@ecr-anywhere/shared/registry.ts'
import type { Operation } from '../admission/patch.ts'
import { allow, type Reply } from '../admission/reply.ts'
import { parseReview } from '../admission/review.ts'
import { type Pod, parsePod } from './pod.ts'

/** How the review of a Pod was answered: the label `result` of the metric and the field `result` of the log line. */
export type AttachResult = 'attached' | 'unchanged'

/** The answer to the review of a Pod, and the one line that is logged about it. */
export interface Attachment {
  reply: Reply
  result: AttachResult
  record: { uid: string; namespace: string; name: string; why: string }
}

/**
 * Adds an image pull secret to a Pod that has an image from ECR, after those that it already has. It never denies: a Pod that it cannot change
 * is stored as it is. Which Pods are sent at all is decided by the webhook configuration: not those of kube-system or of the release, no
 * mirror pods, and none that opted out.
 *
 * @param body the parsed JSON
 * @param secretName the image pull secret
 * @throws Fault `input` if the body is not an AdmissionReview
 */
export function attach(body: unknown, secretName: string): Attachment {
  const { uid, request } = parseReview(body)
  const pod = parsePod(request.object)
  const why = whyUnchanged(pod, secretName)
  const patch = pod === undefined || why !== undefined ? undefined : patchOf(pod, secretName)
  return {
    reply: allow(uid, { patch, warnings: [] }),
    result: patch === undefined ? 'unchanged' : 'attached',
    record: { uid, namespace: text(request.namespace), name: text(request.name), why: why ?? 'an image from ECR' },
  }
}

function whyUnchanged(pod: Pod | undefined, secretName: string): string | undefined {
  if (pod === undefined) return 'not a v1 Pod'
  if (pod.pullSecrets?.includes(secretName)) return 'names the Secret already'
  return pod.images.some(isRegistryImage) ? undefined : 'no image from ECR'
}

/** @returns RFC 6902 operations in base64 */
function patchOf({ pullSecrets }: Pod, name: string): string {
  const operation: Operation =
    pullSecrets === undefined
      ? { op: 'add', path: '/spec/imagePullSecrets', value: [{ name }] }
      : { op: 'add', path: '/spec/imagePullSecrets/-', value: { name } }
  return Buffer.from(JSON.stringify([operation])).toString('base64')
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
