import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import forge from 'node-forge'

/** A serving pair with the CA that signed it, all PEM. */
export interface Pair {
  cert: string
  key: string
  ca: string
}

/** When a pair is good, in milliseconds since the epoch. */
export interface Validity {
  notBeforeMs: number
  notAfterMs: number
}

/**
 * @returns when leaf and CA are both valid, for clients verify both; undefined if the pair does not parse, does not belong together, or
 * lacks one of the names
 */
export function inspectPair({ cert, key, ca }: Pair, names: readonly string[]): Validity | undefined {
  try {
    const leaf = new X509Certificate(cert)
    const authority = new X509Certificate(ca)
    const good =
      leaf.checkPrivateKey(createPrivateKey(key)) &&
      leaf.verify(authority.publicKey) &&
      names.every(name => (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined)
    return good ? commonValidity([leaf, authority]) : undefined
  } catch {
    // Whatever node:crypto dislikes about it, the answer is the same: make a new one.
    return undefined
  }
}

function commonValidity(certificates: readonly X509Certificate[]): Validity {
  return {
    notBeforeMs: Math.max(...certificates.map(({ validFromDate }) => validFromDate.getTime())),
    notAfterMs: Math.min(...certificates.map(({ validToDate }) => validToDate.getTime())),
  }
}

/**
 * The certificates of a PEM bundle that have not expired, each once, in order. What is no certificate is dropped. One that is not valid yet
 * stays: its pair may be served from memory, and if this machine's clock is behind, API servers whose clocks are right need it.
 */
export function certificatesIn(bundle: string, nowMs: number): string[] {
  const found = blocksIn(bundle).filter(pem => {
    try {
      return new X509Certificate(pem).validToDate.getTime() > nowMs
    } catch {
      // Not a certificate: an API server would refuse the whole bundle for it.
      return false
    }
  })
  return [...new Set(found)]
}

function blocksIn(bundle: string): string[] {
  try {
    return forge.pem.decode(bundle).map(block => forge.pem.encode({ ...block, headers: [] }, { maxline: 64 }).replaceAll('\r\n', '\n'))
  } catch {
    // node-forge throws for a text without any PEM block: an empty bundle.
    return []
  }
}
