import { X509Certificate } from 'node:crypto'
import { mintPki } from '@ecr-anywhere/scripts/cluster/pki.ts'
import t from 'tap'
import { certificatesIn, isForClientsAt, isIssuedBy } from '../src/certificates.ts'
import { mint } from './files/pairs.ts'

const [root, other] = await Promise.all([mint({ name: 'root' }), mint({ name: 'root' })])
const middle = await mint({ name: 'middle', by: root, isCa: true })
const leaf = await mint({ name: 'leaf', by: root })
const only = (pem: string) => new X509Certificate(pem)
const nowMs = Date.now()

t.test('the certificates of a text are found in their order, and nothing else in it', async t => {
  t.strictSame(certificatesIn(''), [])
  t.strictSame(certificatesIn(root.key), [])
  const found = certificatesIn(`a comment\n${root.cert}${root.key}\n${middle.cert}`)
  t.strictSame(
    found.map(({ subject }) => subject),
    ['CN=root', 'CN=middle'],
  )
  t.throws(() => certificatesIn('-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----'))
})

t.test('a certificate is issued by the authority whose key signed it, not by one of its name', async t => {
  t.equal(isIssuedBy(only(leaf.cert), [only(root.cert)]), true)
  t.equal(isIssuedBy(only(leaf.cert), [only(other.cert)]), false)
  t.equal(isIssuedBy(only(leaf.cert), [only(other.cert), only(root.cert)]), true)
  t.equal(isIssuedBy(only(leaf.cert), []), false)
  t.equal(isIssuedBy(only(middle.cert), [only(leaf.cert)]), false)
})

t.test('certificates that a client sent may lie between its own and an authority, if they are CAs', async t => {
  const ofMiddle = await mint({ name: 'of-middle', by: middle })
  /** As a TLS connection gives it: with the certificate that was sent next. */
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
  t.equal(isIssuedBy(sent(ofLeaf.cert, only(leaf.cert)), [only(root.cert)]), false, 'what signed it is no CA')
  t.equal(isIssuedBy(sent(other.cert, only(other.cert)), [only(root.cert)]), false, 'one that signed itself ends the chain')
  t.equal(isIssuedBy(only(leaf.cert), [only(leaf.cert)]), true, 'an authority itself')
})

t.test('a certificate counts during its life, and only if clients may use it', async t => {
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
  t.equal(isForClientsAt(only(admin.cert), nowMs), true, 'extended key usage: clients')
  t.equal(isForClientsAt(only(apiServer.cert), nowMs), false, 'extended key usage: servers')
})
