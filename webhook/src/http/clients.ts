import type { X509Certificate } from 'node:crypto'
import type { Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { Fault } from '@ecr-anywhere/shared/fault.ts'

export interface Clients {
  /** Subject names that callers may have. */
  names: readonly string[]
  /** Of the CA that callers' certificates must come from, as its file stands now. */
  authorities: () => readonly X509Certificate[]
}

const otherName = new Fault('input', {
  code: 'NotAClient',
  found: 'a client certificate of another name',
  wanted: 'one of CLIENT_NAMES',
  todo: 'Only the API server calls this webhook.',
})

const otherCa = new Fault('input', {
  code: 'NotAClient',
  found: 'a client certificate of a CA that CLIENT_CA_FILE no longer holds',
  wanted: 'one by a CA of CLIENT_CA_FILE',
  todo: 'Connect again with such a certificate.',
})

/**
 * The handshake has verified a caller's certificate; here it is asked whose it is, for one CA signs for many, and whether its CA is still
 * among those of the file: a connection may be older than the file.
 *
 * @returns a function that throws Fault `input` for a connection of anybody else
 */
export function clientCheck(server: Server, { names, authorities }: Clients): (socket: TLSSocket) => void {
  const verifiedBy = new WeakMap<TLSSocket, readonly X509Certificate[]>()
  server.on('secureConnection', socket => void verifiedBy.set(socket, authorities()))
  return socket => {
    const certificate = socket.getPeerX509Certificate()
    const now = authorities()
    if (certificate === undefined || !isNamed(socket, certificate, names)) throw otherName
    if (verifiedBy.get(socket) === now) return
    if (!comesFrom(certificate, now)) throw otherCa
    verifiedBy.set(socket, now)
  }
}

function isNamed(socket: TLSSocket, certificate: X509Certificate, names: readonly string[]): boolean {
  const commonName = socket.getPeerCertificate().subject?.CN
  return names.some(name => name === commonName || certificate.checkHost(name, { subject: 'never' }) === name)
}

/** Is there a chain, of what the caller sent along, up to one of the authorities? */
function comesFrom(certificate: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  const isSigned = (by: X509Certificate) => certificate.checkIssued(by) && certificate.verify(by.publicKey)
  if (authorities.some(one => one.fingerprint256 === certificate.fingerprint256 || isSigned(one))) return true
  const next = certificate.issuerCertificate
  return next !== undefined && next.fingerprint256 !== certificate.fingerprint256 && isSigned(next) && comesFrom(next, authorities)
}
