import { isIP } from 'node:net'
import { generate } from 'selfsigned'
import type { Pair } from '../pair.ts'

/** The lifetime of the leaf and of its CA, which signs no other certificate. */
export const lifeMs = 90 * 24 * 3_600_000
/** NotBefore is this far in the past, for API servers whose clocks are behind. */
export const backdateMs = 3_600_000

/**
 * Creates a CA and one serving certificate that it signs. The key of the CA is not stored, so no other certificate can be signed with it.
 *
 * @param names DNS names, or IP addresses for a webhook that is registered by address
 */
export async function mintPair(names: readonly string[], nowMs: number): Promise<Pair> {
  const life = {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - backdateMs),
    notAfterDate: new Date(nowMs + lifeMs),
  } as const
  // Each CA has its own name, so that the two CAs in a bundle can be told apart during a rotation.
  const ca = await generate([{ name: 'commonName', value: `ecr-anywhere CA ${new Date(nowMs).toISOString().slice(0, 19)}Z` }], {
    ...life,
    extensions: [
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  const leaf = await generate([{ name: 'commonName', value: 'ecr-anywhere' }], {
    ...life,
    ca: { cert: ca.cert, key: ca.private },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map(value => (isIP(value) !== 0 ? { type: 7, ip: value } : { type: 2, value })) },
    ],
  })
  return { cert: leaf.cert, key: leaf.private, ca: ca.cert }
}
