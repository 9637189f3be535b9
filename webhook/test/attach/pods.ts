import type { Attachment } from '../../src/attach/attach.ts'
import { attach } from '../../src/attach/attach.ts'
import { resultOf, review } from '../admission/world.ts'

export const ecr = '123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1'
export const secretName = 'ecr-anywhere-pull'

/** A Pod as in a review. @param spec what it has beside one container with an image of Docker Hub */
export function pod(spec: Record<string, unknown> = {}) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app' }, spec: { containers: [{ name: 'app', image: 'nginx' }], ...spec } }
}

/** A container with an image from ECR. */
export const fromEcr = { name: 'ecr', image: ecr }

/** @returns the answer, and the image pull secrets of the Pod once it is applied */
export function attached(object: unknown): Attachment & { pullSecrets: unknown } {
  const attachment = attach(review({ object }), secretName)
  const { patched } = resultOf(object, attachment.reply)
  return { ...attachment, pullSecrets: (patched as { spec?: { imagePullSecrets?: unknown } } | undefined)?.spec?.imagePullSecrets }
}
