import type { TLSSocket } from 'node:tls'
import type { FrontProxy } from '../aggregated-api/front-proxy.ts'
import { isForClientsAt, isIssuedBy } from '../certificates.ts'

/**
 * Whether a connection comes from the API server's front proxy. The handshake proves that the client has the key of its certificate, and
 * accepts every certificate and none, because the other routes need none. A connection is checked again whenever the accepted CAs or names have changed.
 *
 * @param current undefined until they are known
 */
export function frontProxyCheck(current: () => FrontProxy | undefined): (socket: TLSSocket) => boolean {
  const checkedBy = new WeakMap<TLSSocket, FrontProxy>()
  return socket => {
    const now = current()
    if (now === undefined) return false
    if (checkedBy.get(socket) === now) return true
    const certificate = socket.getPeerX509Certificate()
    // The TLS layer does not know these CAs: OpenSSL finds a CA by its name, and fails if a rotation has two of one name.
    if (certificate === undefined || !isForClientsAt(certificate, Date.now())) return false
    if (!isIssuedBy(certificate, now.authorities)) return false
    const commonName: unknown = socket.getPeerCertificate().subject?.CN
    if (now.names.length > 0 && !now.names.some(name => name === commonName)) return false
    checkedBy.set(socket, now)
    return true
  }
}
