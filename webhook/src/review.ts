import { Fault, type FaultKind } from '@ecr-anywhere/shared/fault.ts'
import { statusGroup, warningPrefix } from '@ecr-anywhere/shared/names.ts'

/** A Secret as a review carries it: `data` is base64. Keys may be anything, `__proto__` too: never copied key by key, never merged. */
export interface Secret {
  type: string
  immutable: boolean
  data: Readonly<Record<string, string>> | undefined
  metadata: {
    name: string
    namespace: string
    labels: Readonly<Record<string, string>>
    annotations: Readonly<Record<string, string>> | undefined
    deletionTimestamp: string | undefined
  }
}

/** https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request */
export interface Request {
  uid: string
  operation: 'CREATE' | 'UPDATE'
  dryRun: boolean
  namespace: string
  /** With `generateName` there is none yet. */
  name: string
  object: Secret
  oldObject: Secret | undefined
}

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

/** Kubernetes asks for at most 120 characters: longer ones may be cut. */
export const maxWarningLength = 120

/**
 * Finds the uid, so that whatever else is wrong can be answered as a denial.
 *
 * @throws Fault `input` if this is no AdmissionReview: the caller is not an API server
 */
export function parseReview(body: unknown): { uid: string; request: Record<string, unknown> } {
  const { apiVersion, kind, request } = record(body) ?? {}
  const fields = record(request)
  const uid = fields?.uid
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview' || fields === undefined || typeof uid !== 'string' || uid === '') {
    throw new Fault('input', {
      found: 'a body that is no admission review',
      wanted: 'an AdmissionReview of admission.k8s.io/v1 with request.uid',
      todo: 'Only a Kubernetes API server calls this path.',
    })
  }
  return { uid, request: fields }
}

/** @throws Fault `input` naming the first field that cannot be: the rules of the webhook configuration send something else than Secrets */
export function parseRequest(uid: string, { operation, dryRun, namespace, name, object, oldObject }: Record<string, unknown>): Request {
  if (operation !== 'CREATE' && operation !== 'UPDATE') throw unusable('request.operation', 'CREATE or UPDATE')
  const secret = parseSecret(object, 'request.object')
  if (secret === undefined) throw unusable('request.object', 'a v1 Secret')
  const old = operation === 'UPDATE' ? parseSecret(oldObject, 'request.oldObject') : undefined
  if (operation === 'UPDATE' && old === undefined) throw unusable('request.oldObject', 'a v1 Secret')
  return { uid, operation, dryRun: dryRun === true, namespace: text(namespace), name: text(name), object: secret, oldObject: old }
}

/** @param patch base64 of RFC 6902 operations */
export function allow(uid: string, { patch, warnings }: { patch: string | undefined; warnings: string[] }): Reply {
  return reply({
    uid,
    allowed: true,
    ...(patch === undefined ? {} : { patchType: 'JSONPatch', patch }),
    ...(warnings.length === 0 ? {} : { warnings: warnings.map(toWarning) }),
  })
}

/** HTTP codes that the API server hands on to whoever wrote the Secret: it is their input, or try again later. */
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

/** A warning as `kubectl` prints it and the refresher reads it. */
export function toWarning(text: string): string {
  return (warningPrefix + text).slice(0, maxWarningLength)
}

function reply(response: Reply['response']): Reply {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }
}

function parseSecret(value: unknown, where: string): Secret | undefined {
  if (value === undefined || value === null) return undefined
  const { apiVersion, kind, type, immutable, data, metadata } = record(value) ?? {}
  const meta = record(metadata)
  if (apiVersion !== 'v1' || kind !== 'Secret' || meta === undefined) throw unusable(where, 'a v1 Secret')
  return {
    type: text(type),
    immutable: immutable === true,
    data: texts(data, `${where}.data`),
    metadata: {
      name: text(meta.name),
      namespace: text(meta.namespace),
      labels: texts(meta.labels, `${where}.metadata.labels`) ?? {},
      annotations: texts(meta.annotations, `${where}.metadata.annotations`),
      deletionTimestamp: typeof meta.deletionTimestamp === 'string' ? meta.deletionTimestamp : undefined,
    },
  }
}

/** A map of texts as it came, not a copy of it: a copy would be where `__proto__` gets lost. */
function texts(value: unknown, where: string): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined
  const found = record(value)
  if (found === undefined || !Object.values(found).every(entry => typeof entry === 'string')) throw unusable(where, 'a map of texts')
  return found as Record<string, string>
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function unusable(where: string, wanted: string): Fault {
  return new Fault('input', {
    found: `something else in ${where}`,
    wanted,
    todo: 'Let the webhook configuration send creates and updates of v1 Secrets only.',
  })
}
