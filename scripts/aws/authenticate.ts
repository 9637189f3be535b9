import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { Hash } from '@smithy/hash-node'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Api } from './api-call.ts'
import { AwsError } from './aws-error.ts'
import type { Key, Principal } from './principals.ts'

/** The allowed clock skew of a request, in either direction. */
export const maxSkewMs = 5 * 60_000

/** The content of a SigV4 Authorization header, before it is verified. */
export interface Scope {
  accessKeyId: string
  region: string
  service: string
  signedHeaders: string[]
  signature: string
}

export interface SignedRequest {
  method: string
  /** The path with the query, as received. */
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
}

interface Known {
  api: Api
  key: (accessKeyId: string) => Key | undefined
  nowMs: number
}

/**
 * Verifies the SigV4 signature of a request against the known keys.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 *
 * @param nowMs the emulator's time, milliseconds since the epoch
 * @returns who signed it
 * @throws AwsError `no-authentication`, `unknown-key`, `bad-signature` (clock skew too) or `expired-session`
 */
export async function authenticate(request: SignedRequest, { api, key: find, nowMs }: Known): Promise<Principal> {
  const scope = readScope(request.headers)
  if (!scope) throw new AwsError('no-authentication', 'Missing Authentication Token')
  if (scope.service !== api) throw new AwsError('bad-signature', `Credential should be scoped to correct service: '${api}'. `)
  const key = find(scope.accessKeyId)
  // The key of a session without its token is treated as an unknown key.
  if (!key || (key.session && key.session.token !== request.headers['x-amz-security-token'])) {
    throw new AwsError('unknown-key', 'The security token included in the request is invalid.')
  }
  const amzDate = String(request.headers['x-amz-date'] ?? '')
  checkClock(amzDate, nowMs)
  if (!bodyIsAsHashed(request) || (await sign(request, { scope, key, amzDate })) !== scope.signature) {
    throw new AwsError(
      'bad-signature',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    )
  }
  if (key.session && key.session.expiresAtMs <= nowMs) {
    throw new AwsError('expired-session', 'The security token included in the request is expired')
  }
  return key.principal
}

/** Reads the Authorization header. @returns undefined if there is none in the form of SigV4 */
export function readScope({ authorization }: IncomingHttpHeaders): Scope | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=(?<accessKeyId>\w+)\/\d{8}\/(?<region>[\w-]+)\/(?<service>[\w-]+)\/aws4_request, *SignedHeaders=(?<signedHeaders>[\w;-]+), *Signature=(?<signature>[0-9a-f]{64})$/
  const groups = pattern.exec(authorization ?? '')?.groups
  if (!groups) return undefined
  const { accessKeyId = '', region = '', service = '', signedHeaders = '', signature = '' } = groups
  return { accessKeyId, region, service, signedHeaders: signedHeaders.split(';'), signature }
}

function checkClock(amzDate: string, nowMs: number): void {
  const signedMs = fromAmzDate(amzDate)
  const [now, earliest, latest] = [nowMs, nowMs - maxSkewMs, nowMs + maxSkewMs].map(toAmzDate)
  if (!(signedMs >= nowMs - maxSkewMs)) {
    throw new AwsError('bad-signature', `Signature expired: ${amzDate} is now earlier than ${earliest} (${now} - 5 min.)`)
  }
  if (signedMs > nowMs + maxSkewMs) {
    throw new AwsError('bad-signature', `Signature not yet current: ${amzDate} is still later than ${latest} (${now} + 5 min.)`)
  }
}

/** @returns milliseconds since the epoch, or NaN if it is no SigV4 date */
function fromAmzDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

function toAmzDate(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/** Compares the hash in the header with the body, because the signer uses the header without checking it. */
function bodyIsAsHashed({ headers, body }: SignedRequest): boolean {
  const claimed = headers['x-amz-content-sha256']
  return claimed === undefined || claimed === createHash('sha256').update(body).digest('hex')
}

async function sign({ method, url, headers, body }: SignedRequest, { scope, key, amzDate }: { scope: Scope; key: Key; amzDate: string }) {
  const { pathname, searchParams, hostname } = new URL(url, 'http://localhost')
  const signer = new SignatureV4({
    credentials: { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey },
    region: scope.region,
    service: scope.service,
    sha256: Sha256,
    applyChecksum: false,
  })
  const signed = Object.fromEntries(scope.signedHeaders.map(name => [name, String(headers[name] ?? '')]))
  const query = Object.fromEntries(searchParams)
  const request = { method, protocol: 'http:', hostname, path: pathname, query, headers: signed, body }
  // Without signableHeaders, the signer would omit headers that it does not sign by default, although the client signed them.
  const again = await signer.sign(request, { signingDate: new Date(fromAmzDate(amzDate)), signableHeaders: new Set(scope.signedHeaders) })
  return readScope({ authorization: again.headers.authorization ?? '' })?.signature
}

class Sha256 extends Hash {
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    super('sha256', secret)
  }
}
