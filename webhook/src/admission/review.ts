import { Fault } from '@ecr-anywhere/shared/fault.ts'

/** A Secret as in a review: `data` is base64. Any key may occur, even `__proto__`, so maps are never merged or copied key by key. */
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
  /** Empty with `generateName`, because there is no name yet. */
  name: string
  /** The user who sent the request to the API server. */
  username: string
  object: Secret
  oldObject: Secret | undefined
}

/**
 * Finds the uid, so that every other error can be answered as a denial.
 *
 * @throws Fault `input` if this is not an AdmissionReview, because then the caller is not an API server
 */
export function parseReview(body: unknown): { uid: string; request: Record<string, unknown> } {
  const { apiVersion, kind, request } = record(body) ?? {}
  const fields = record(request)
  const uid = fields?.uid
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview' || fields === undefined || typeof uid !== 'string' || uid === '') {
    throw new Fault('input', {
      found: 'a body that is not an AdmissionReview',
      wanted: 'an AdmissionReview of admission.k8s.io/v1 with request.uid',
      todo: 'Only a Kubernetes API server calls this path.',
    })
  }
  return { uid, request: fields }
}

/** @throws Fault `input` that names the first unexpected field: the webhook configuration matches other objects than Secrets */
export function parseRequest(uid: string, { object, oldObject, ...fields }: Record<string, unknown>): Request {
  const { operation, dryRun, namespace, name, userInfo } = fields
  if (operation !== 'CREATE' && operation !== 'UPDATE') throw unusable('request.operation', 'CREATE or UPDATE')
  const secret = parseSecret(object, 'request.object')
  if (secret === undefined) throw unusable('request.object', 'a v1 Secret')
  const old = operation === 'UPDATE' ? parseSecret(oldObject, 'request.oldObject') : undefined
  if (operation === 'UPDATE' && old === undefined) throw unusable('request.oldObject', 'a v1 Secret')
  return {
    uid,
    operation,
    dryRun: dryRun === true,
    namespace: text(namespace),
    name: text(name),
    username: text(record(userInfo)?.username),
    object: secret,
    oldObject: old,
  }
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

/** Returns the map itself, because a copy could lose the key `__proto__`. */
function texts(value: unknown, where: string): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined
  const found = record(value)
  if (found === undefined || !Object.values(found).every(entry => typeof entry === 'string')) throw unusable(where, 'a map of strings')
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
    found: `an unexpected value in ${where}`,
    wanted,
    todo: 'Let the webhook configuration send creates and updates of v1 Secrets only.',
  })
}
