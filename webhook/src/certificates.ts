import { X509Certificate } from 'node:crypto'

/** @returns the certificates of a PEM text, in order; an empty list if it has none @throws if one of them cannot be parsed */
export function certificatesIn(pem: string | undefined): X509Certificate[] {
  return (pem?.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map(block => new X509Certificate(block))
}

const clientAuth = '1.3.6.1.5.5.7.3.2'

/** Whether a certificate is valid at this time and may be used by a client. */
export function isForClientsAt({ validFromDate, validToDate, keyUsage }: X509Certificate, nowMs: number): boolean {
  const isForClients = keyUsage === undefined || keyUsage.includes(clientAuth)
  return isForClients && validFromDate.getTime() <= nowMs && nowMs < validToDate.getTime()
}

/** Whether the certificates that a client sent form a chain to one of the authorities. */
export function isIssuedBy(certificate: X509Certificate, authorities: readonly X509Certificate[]): boolean {
  const isSigned = (by: X509Certificate) => certificate.checkIssued(by) && certificate.verify(by.publicKey)
  if (authorities.some(one => one.fingerprint256 === certificate.fingerprint256 || isSigned(one))) return true
  const next = certificate.issuerCertificate
  return (
    next !== undefined && next.fingerprint256 !== certificate.fingerprint256 && next.ca && isSigned(next) && isIssuedBy(next, authorities)
  )
}
