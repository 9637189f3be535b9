import { Fault } from '@ecr-anywhere/shared/fault.ts'

/**
 * Replaces Fastify's own parser, which refuses `__proto__`, a valid key of a Secret.
 *
 * @throws Fault `input`. The parser's error is not its cause, because that error quotes the text
 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new Fault('input', {
      found: 'a body that is not JSON',
      wanted: 'an AdmissionReview',
      todo: 'Only a Kubernetes API server calls this path.',
    })
  }
}
