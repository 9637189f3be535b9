import type { Fault, FaultKind } from '@ecr-anywhere/shared/fault.ts'
import { statusGroup, warningPrefix } from '@ecr-anywhere/shared/names.ts'

export interface Reply {
  apiVersion: 'admission.k8s.io/v1'
  kind: 'AdmissionReview'
  response: {
    uid: string
    allowed: boolean
    patchType?: 'JSONPatch'
    patch?: string
    warnings?: string[]
    status?: object
  }
}

/** Kubernetes recommends at most 120 characters, because longer warnings may be truncated. */
export const maxWarningLength = 120

/** @param patch base64 of RFC 6902 operations */
export function allow(uid: string, { patch, warnings }: { patch: string | undefined; warnings: string[] }): Reply {
  return reply({
    uid,
    allowed: true,
    ...(patch === undefined ? {} : { patchType: 'JSONPatch', patch }),
    ...(warnings.length === 0 ? {} : { warnings: warnings.map(toWarning) }),
  })
}

/** HTTP codes that the API server returns to the author of the Secret. They show whether the input is wrong or a retry may help. */
const codeOf: Record<FaultKind, [code: number, reason: string]> = {
  input: [400, 'BadRequest'],
  settings: [500, 'InternalError'],
  transient: [503, 'ServiceUnavailable'],
}

export function deny(uid: string, { message, kind, code: cause }: Fault): Reply {
  const [code, reason] = codeOf[kind]
  const details = { group: statusGroup, causes: [{ reason: cause, message }] }
  return reply({ uid, allowed: false, status: { status: 'Failure', message, code, reason, details } })
}

/** Formats a warning, which `kubectl` prints and the refresher reads. */
export function toWarning(text: string): string {
  return (warningPrefix + text).slice(0, maxWarningLength)
}

function reply(response: Reply['response']): Reply {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }
}
