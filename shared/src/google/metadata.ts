import http from 'node:http'
import { Fault } from '../fault.ts'

/** https://cloud.google.com/compute/docs/metadata/overview; Google's own libraries read GCE_METADATA_HOST, too. */
const defaultHost = 'metadata.google.internal'
/** The limit is short because the server is on the same machine. */
const limitMs = 3_000

/**
 * Returns an identity token of the Google service account that this machine, pod or Cloud Run service runs as.
 * https://cloud.google.com/compute/docs/instances/verifying-instance-identity#request_signature
 *
 * @param audience the `aud` claim that the IAM OIDC provider in AWS expects
 * @throws Fault `transient` if the metadata server does not return one
 */
export async function googleIdentityToken({
  audience,
  host = defaultHost,
}: {
  audience: string
  host?: string | undefined
}): Promise<string> {
  const query = new URLSearchParams({ audience, format: 'full' })
  const path = `/computeMetadata/v1/instance/service-accounts/default/identity?${query}`
  const { status, body } = await get(`http://${host}${path}`)
  const token = body.trim()
  if (status === 200 && token !== '') return token
  throw noToken(`HTTP ${status} from the metadata server at ${host}`, `HTTP${status}`)
}

function get(url: string): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>()
  // A separate agent, which reads no proxy variables, because the metadata server is never behind a proxy.
  const request = http.get(url, { agent: new http.Agent(), headers: { 'Metadata-Flavor': 'Google' }, timeout: limitMs }, answer => {
    const parts: Buffer[] = []
    answer.on('data', part => parts.push(part))
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }))
  })
  request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
  request.on('error', (error: NodeJS.ErrnoException) =>
    reject(noToken(`${error.code ?? error.name} from Google's metadata server`, error.code, error)),
  )
  return promise
}

function noToken(found: string, code?: string, cause?: unknown): Fault {
  return new Fault('transient', {
    found,
    wanted: 'an identity token of the service account',
    todo: 'Does this run on Google Cloud, with a service account (on GKE: Workload Identity)? Elsewhere, unset AWS_AUDIENCE.',
    cause,
    ...(code === undefined ? {} : { code }),
  })
}
