import type { TLSSocket } from 'node:tls'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { FrontProxy } from '../aggregated-api/front-proxy.ts'
import { isForClientsAt, isIssuedBy } from '../certificates.ts'

const notFrontProxy = new Fault('input', {
  code: 'NotAttested',
  found: "a connection without the API server's front-proxy certificate",
  wanted: 'a client certificate of requestheader-client-ca-file with an allowed name, as the API server shows it',
  todo: 'Only the API server calls this path. If its requests are refused, see `/readyz` of the webhook.',
})

/**
 * Checks that a connection comes from the API server's front proxy. The handshake proves that the client has the key of its certificate, and
 * accepts every certificate and none, because the other routes need none. A connection is checked again whenever the accepted CAs or names have changed.
 *
 * @param current undefined until they are known
 * @returns a function that throws Fault `input` for a connection of any other client
 */
export function frontProxyCheck(current: () => FrontProxy | undefined): (socket: TLSSocket) => void {
  const checkedBy = new WeakMap<TLSSocket, FrontProxy>()
  return socket => {
    const now = current()
    if (now === undefined) throw notFrontProxy
    if (checkedBy.get(socket) === now) return
    const certificate = socket.getPeerX509Certificate()
    // The TLS layer does not know these CAs: OpenSSL finds a CA by its name, and fails if a rotation has two of one name.
    if (certificate === undefined || !isForClientsAt(certificate, Date.now())) throw notFrontProxy
    if (!isIssuedBy(certificate, now.authorities)) throw notFrontProxy
    const commonName: unknown = socket.getPeerCertificate().subject?.CN
    if (now.names.length > 0 && !now.names.some(name => name === commonName)) throw notFrontProxy
    checkedBy.set(socket, now)
  }
}
