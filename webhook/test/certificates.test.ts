import { X509Certificate } from 'node:crypto'
import { mintPki } from '@ecr-anywhere/scripts/cluster/pki.ts'
import t from 'tap'
import { certificatesIn, isForClientsAt, isIssuedBy } from '../src/certificates.ts'
import { mint } from './files/pairs.ts'

const [root, other] = await Promise.all([mint({ name: 'root' }), mint({ name: 'root' })])
const middle = await mint({ name: 'middle', by: root, isCa: true })
const leaf = await mint({ name: 'leaf', by: root })
const only = (pem: string) => new X509Certificate(pem)

t.test('only the certificates in a text are found, in their order', async t => {
  t.strictSame(certificatesIn(''), [])
  t.strictSame(certificatesIn(root.key), [])
  const found = certificatesIn(`a comment\n${root.cert}${root.key}\n${middle.cert}`)
  t.strictSame(
    found.map(({ subject }) => subject),
    ['CN=root', 'CN=middle'],
  )
  t.throws(() => certificatesIn('-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----'))
})

t.test('the issuer of a certificate is the CA whose key signed it, and not another CA of the same name', async t => {
  t.equal(isIssuedBy(only(leaf.cert), [only(root.cert)]), true)
  t.equal(isIssuedBy(only(leaf.cert), [only(other.cert)]), false)
  t.equal(isIssuedBy(only(leaf.cert), [only(other.cert), only(root.cert)]), true)
  t.equal(isIssuedBy(only(leaf.cert), []), false)
  t.equal(isIssuedBy(only(middle.cert), [only(leaf.cert)]), false)
})

t.test('a certificate is also trusted through intermediate CAs that the client sends', async t => {
  const ofMiddle = await mint({ name: 'of-middle', by: middle })
  /** The peer certificate as a TLS connection returns it, with the next certificate of the chain. */
  const sent = (pem: string, next: X509Certificate | undefined) => {
    const certificate = only(pem)
    return {
      fingerprint256: certificate.fingerprint256,
      checkIssued: (by: X509Certificate) => certificate.checkIssued(by),
      verify: (key: X509Certificate['publicKey']) => certificate.verify(key),
      issuerCertificate: next,
    } as X509Certificate
  }
  t.equal(isIssuedBy(sent(ofMiddle.cert, only(middle.cert)), [only(root.cert)]), true)
  t.equal(isIssuedBy(sent(ofMiddle.cert, undefined), [only(root.cert)]), false)
  t.equal(isIssuedBy(sent(ofMiddle.cert, only(middle.cert)), [only(other.cert)]), false)
  const ofLeaf = await mint({ name: 'of-leaf', by: leaf })
  t.equal(isIssuedBy(sent(ofLeaf.cert, only(leaf.cert)), [only(root.cert)]), false, 'the certificate that signed it is not a CA')
  t.equal(isIssuedBy(sent(other.cert, only(other.cert)), [only(root.cert)]), false, 'a self-signed certificate ends the chain')
  t.equal(isIssuedBy(only(leaf.cert), [only(leaf.cert)]), true, 'a CA is trusted itself')
})

t.test('a certificate that is its own issuer is not issued by another authority', async t => {
  const { fingerprint256, publicKey } = only(other.cert)
  const itself = { fingerprint256, publicKey, ca: true, checkIssued: (by: unknown) => by === itself, verify: () => true }
  Object.assign(itself, { issuerCertificate: itself })
  t.equal(isIssuedBy(itself as unknown as X509Certificate, [only(root.cert)]), false)
})

t.test('a certificate is valid only during its lifetime and for client authentication', async t => {
  const certificate = only(leaf.cert)
  const [fromMs, toMs] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()]
  for (const [at, expected] of [
    [fromMs - 1, false],
    [fromMs, true],
    [toMs - 1, true],
    [toMs, false],
  ] as const)
    t.equal(isForClientsAt(certificate, at), expected)
  const { apiServer, admin } = await mintPki(t.testdir(), ['127.0.0.1'])
  // Within its own lifetime, because it was made after this file was loaded.
  const during = (cert: X509Certificate) => cert.validFromDate.getTime()
  t.equal(isForClientsAt(only(admin.cert), during(only(admin.cert))), true, 'its extended key usage is client authentication')
  t.equal(isForClientsAt(only(apiServer.cert), during(only(apiServer.cert))), false, 'its extended key usage is server authentication')
})
