import { type KeyObject, randomBytes, sign, verify } from 'node:crypto'

/** A key that signs, and the name by which a verifier finds its public part. */
export interface SigningKey {
  keyId: string
  privateKey: KeyObject
  publicKey: KeyObject
}

/** The parts of a JWT that was decoded, whoever signed it. */
export interface DecodedJwt {
  keyId: string | undefined
  claims: Record<string, unknown>
  isSignedBy: (key: SigningKey) => boolean
}

/** A JWT signed with RS256. Without a key its signature is random, so that nobody can verify it. */
export function encodeJwt(claims: object, key?: SigningKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'RS256', kid: key?.keyId ?? 'emulator', typ: 'JWT' })}.${part(claims)}`
  const signature = key ? sign('sha256', Buffer.from(signed), key.privateKey) : randomBytes(256)
  return `${signed}.${signature.toString('base64url')}`
}

/** Decodes a JWT; undefined if the text is none, or if it is not of RS256. */
export function decodeJwt(jwt: string): DecodedJwt | undefined {
  const [header = '', payload = '', signature = '', ...rest] = jwt.split('.')
  const { alg, kid } = parse(header) ?? {}
  const claims = parse(payload)
  if (alg !== 'RS256' || claims === undefined || rest.length > 0) return undefined
  const signed = Buffer.from(`${header}.${payload}`)
  return {
    keyId: typeof kid === 'string' ? kid : undefined,
    claims,
    isSignedBy: ({ publicKey }) => verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url')),
  }
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
