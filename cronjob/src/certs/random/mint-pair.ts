import { isIP } from 'node:net'
import { generate } from 'selfsigned'
import type { Pair } from '../pair.ts'

/** Of the leaf and its CA alike: the CA signs nothing else. */
export const lifeMs = 90 * 24 * 3_600_000
/** NotBefore lies back this far, for API servers whose clock is behind. */
export const backdateMs = 3_600_000

/**
 * Makes a CA and one serving certificate of it. The CA's key goes out of scope here and is stored nowhere: nobody can sign with it again.
 *
 * @param names DNS names, and addresses where a webhook is registered by one
 */
export async function mintPair(names: readonly string[], nowMs: number): Promise<Pair> {
  const life = {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - backdateMs),
    notAfterDate: new Date(nowMs + lifeMs),
  } as const
  // Each CA has a name of its own: during a rotation two are in one bundle, and people read these.
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
