import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import forge from 'node-forge'

/** A serving certificate and its key, with the CA that signed it, all in PEM. */
export interface Pair {
  cert: string
  key: string
  ca: string
}

/** When a pair is valid, in milliseconds since the epoch. */
export interface Validity {
  notBeforeMs: number
  notAfterMs: number
}

/**
 * @returns when both leaf and CA are valid, because clients verify both; undefined if a part cannot be parsed, if the parts do not belong
 * together, or if the certificate lacks one of the names
 */
export function inspectPair({ cert, key, ca }: Pair, names: readonly string[]): Validity | undefined {
  try {
    const leaf = new X509Certificate(cert)
    const authority = new X509Certificate(ca)
    const isUsable =
      leaf.checkPrivateKey(createPrivateKey(key)) &&
      leaf.verify(authority.publicKey) &&
      names.every(name => (isIP(name) === 0 ? leaf.checkHost(name) : leaf.checkIP(name)) !== undefined)
    return isUsable ? commonValidity([leaf, authority]) : undefined
  } catch {
    // Whatever the reason, the pair cannot be used, and the caller creates a new one.
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
 * The unexpired certificates of a PEM bundle, each once, in order. Blocks that are not certificates are dropped. A certificate that is not
 * valid yet is kept: its pair may be served from memory, and API servers need it if the clock of this machine is behind theirs.
 */
export function certificatesIn(bundle: string, nowMs: number): string[] {
  const found = blocksIn(bundle).filter(pem => {
    try {
      return new X509Certificate(pem).validToDate.getTime() > nowMs
    } catch {
      // API servers reject a whole bundle if one block is not a certificate.
      return false
    }
  })
  return [...new Set(found)]
}

function blocksIn(bundle: string): string[] {
  try {
    return forge.pem.decode(bundle).map(block => forge.pem.encode({ ...block, headers: [] }, { maxline: 64 }).replaceAll('\r\n', '\n'))
  } catch {
    // node-forge throws for a text without any PEM block, such as an empty bundle.
    return []
  }
}
