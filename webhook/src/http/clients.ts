import type { X509Certificate } from 'node:crypto'
import type { Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { isIssuedBy } from '../certificates.ts'

export interface Clients {
  /** Accepted subject names. */
  names: readonly string[]
  /** The CA certificates in the current CLIENT_CA_FILE. */
  authorities: () => readonly X509Certificate[]
}

const otherName = new Fault('input', {
  code: 'NotAClient',
  found: 'a client certificate with another subject name',
  wanted: 'one of CLIENT_NAMES',
  todo: 'Only the API server calls this webhook.',
})

const otherCa = new Fault('input', {
  code: 'NotAClient',
  found: 'a client certificate of a CA that is no longer in CLIENT_CA_FILE',
  wanted: 'a client certificate that a CA in CLIENT_CA_FILE issued',
  todo: 'Connect again with such a certificate.',
})

/**
 * Checks the subject name of a client certificate that the handshake has verified, because one CA issues certificates for many clients.
 * Also checks that its CA is still in the file, because a connection may be older than the file.
 *
 * @returns a function that throws Fault `input` for a connection of any other client
 */
export function clientCheck(server: Server, { names, authorities }: Clients): (socket: TLSSocket) => void {
  const verifiedBy = new WeakMap<TLSSocket, readonly X509Certificate[]>()
  server.on('secureConnection', socket => void verifiedBy.set(socket, authorities()))
  return socket => {
    const certificate = socket.getPeerX509Certificate()
    const now = authorities()
    if (certificate === undefined || !isNamed(socket, certificate, names)) throw otherName
    if (verifiedBy.get(socket) === now) return
    if (!isIssuedBy(certificate, now)) throw otherCa
    verifiedBy.set(socket, now)
  }
}

function isNamed(socket: TLSSocket, certificate: X509Certificate, names: readonly string[]): boolean {
  const commonName = socket.getPeerCertificate().subject?.CN
  return names.some(name => name === commonName || certificate.checkHost(name, { subject: 'never' }) === name)
}
