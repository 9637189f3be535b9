import { crc32c } from './crc32c.ts'
import { GoogleError } from './google-error.ts'
import { listVersions } from './list-versions.ts'
import { isObject, readBody } from './request-body.ts'
import type { RestMethod, RestMethods, RestRequest } from './rest-method.ts'
import { describeSecret, describeVersion, versionName } from './secret-answers.ts'
import { addVersion, type Secret, type Secrets, setState, type Version, type VersionState } from './secrets.ts'

/** https://cloud.google.com/secret-manager/quotas#content_limits */
export const maxPayloadBytes = 64 * 1024

export interface SecretManagerWorld {
  secrets: Secrets
  onSecret: (secret: string) => void
}

const secretPath = '/v1/projects/{project}/secrets/{secret}'
const versionPath = `${secretPath}/versions/{version}`

/**
 * Secret Manager, of which the global secrets are emulated, not the regional ones.
 * Source: https://cloud.google.com/secret-manager/docs/reference/rest
 */
export const secretManager: RestMethods<SecretManagerWorld> = {
  GetSecret: {
    http: 'GET',
    path: secretPath,
    permission: 'secretmanager.secrets.get',
    answer: (world, request) => describeSecret(findSecret(world, request)),
  },
  AddSecretVersion: {
    http: 'POST',
    path: `${secretPath}:addVersion`,
    permission: 'secretmanager.versions.add',
    answer(world, request) {
      const secret = findSecret(world, request)
      const { payload, hasClientChecksum } = readPayload(request.body)
      const version = addVersion(secret, payload, { nowMs: request.nowMs, hasClientChecksum })
      return describeVersion(secret, version, request.query)
    },
  },
  ListSecretVersions: {
    http: 'GET',
    path: `${secretPath}/versions`,
    permission: 'secretmanager.versions.list',
    answer: (world, request) => listVersions(findSecret(world, request), request.query),
  },
  GetSecretVersion: {
    http: 'GET',
    path: versionPath,
    permission: 'secretmanager.versions.get',
    answer(world, request) {
      const { secret, version } = findVersion(world, request)
      return describeVersion(secret, version, request.query)
    },
  },
  AccessSecretVersion: {
    http: 'GET',
    path: `${versionPath}:access`,
    permission: 'secretmanager.versions.access',
    answer(world, request) {
      const { secret, version } = findVersion(world, request)
      const payload = accessPayload(secret, version)
      world.onSecret(payload.toString())
      return { name: versionName(secret, version), payload: { data: payload.toString('base64'), dataCrc32c: String(crc32c(payload)) } }
    },
  },
  DestroySecretVersion: transition('destroy', 'DESTROYED'),
  DisableSecretVersion: transition('disable', 'DISABLED'),
  EnableSecretVersion: transition('enable', 'ENABLED'),
}

/** The payload of an ENABLED version. @throws GoogleError FAILED_PRECONDITION, with the state that it has */
export function accessPayload(secret: Secret, version: Version): Buffer {
  if (version.state !== 'ENABLED' || version.payload === undefined) throw wrongState(secret, version)
  return version.payload
}

function transition(verb: string, state: VersionState): RestMethod<SecretManagerWorld> {
  return {
    http: 'POST',
    path: `${versionPath}:${verb}`,
    permission: `secretmanager.versions.${verb}`,
    answer(world, request) {
      const { secret, version } = findVersion(world, request)
      const { etag = '' } = readBody(request.body, { name: 'value', etag: 'value' })
      if (etag !== '' && etag !== version.etag)
        throw new GoogleError('FAILED_PRECONDITION', `The etag [${etag}] is not that of the version.`)
      if (version.state === 'DESTROYED') throw wrongState(secret, version)
      setState(version, state, request.nowMs)
      return describeVersion(secret, version, request.query)
    },
  }
}

function wrongState(secret: Secret, version: Version): GoogleError {
  return new GoogleError('FAILED_PRECONDITION', `Secret Version [${versionName(secret, version)}] is in ${version.state} state.`)
}

function findSecret({ secrets }: SecretManagerWorld, { project, params }: RestRequest): Secret {
  const { secret: id = '' } = params
  const secret = secrets.find(project, id)
  if (!secret) throw new GoogleError('NOT_FOUND', `Secret [projects/${project.number}/secrets/${id}] not found.`)
  return secret
}

function findVersion(world: SecretManagerWorld, request: RestRequest): { secret: Secret; version: Version } {
  const { project, params } = request
  const { secret: id = '', version: asked = '' } = params
  const secret = world.secrets.find(project, id)
  const name = `projects/${project.number}/secrets/${id}`
  // The newest version is the latest, whatever its state.
  const version = asked === 'latest' ? secret?.versions.at(-1) : secret?.versions.find(({ number }) => String(number) === asked)
  if (secret && version) return { secret, version }
  const lacks =
    asked === 'latest' ? `Secret [${name}] not found or has no versions.` : `Secret Version [${name}/versions/${asked}] not found.`
  throw new GoogleError('NOT_FOUND', lacks)
}

function readPayload(body: string): { payload: Buffer; hasClientChecksum: boolean } {
  const { payload: sent } = readBody(body, { parent: 'value', payload: { data: 'value', dataCrc32c: 'value' } })
  const { data, dataCrc32c } = isObject(sent) ? sent : {}
  // Google takes the alphabet of base64url too.
  if (typeof data !== 'string' || !/^[\w+/-]*={0,2}$/.test(data)) throw invalid('payload.data is missing, or it is no base64.')
  const payload = Buffer.from(data, 'base64')
  if (payload.length === 0) throw invalid('The payload is empty.')
  if (payload.length > maxPayloadBytes) throw invalid(`The payload has ${payload.length} bytes; at most ${maxPayloadBytes} are allowed.`)
  // An int64 is a text in Google's JSON, and a number is taken too.
  const hasClientChecksum = dataCrc32c !== undefined
  if (hasClientChecksum && String(dataCrc32c) !== String(crc32c(payload)))
    throw invalid('payload.dataCrc32c is not the checksum of the data.')
  return { payload, hasClientChecksum }
}

/** Google's own words are not known for these. */
function invalid(message: string): GoogleError {
  return new GoogleError('INVALID_ARGUMENT', message)
}
