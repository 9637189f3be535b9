import { createPrivateKey, X509Certificate } from 'node:crypto'
import t from 'tap'
import { backdateMs, lifeMs, mintPair } from '../../src/certs/random/mint-pair.ts'

const nowMs = Date.parse('2026-01-01T12:00:00Z')
const names = ['ecr-anywhere.ecr.svc', 'ecr-anywhere.ecr.svc.cluster.local', '10.0.0.1']
const pair = await mintPair(names, nowMs)
const leaf = new X509Certificate(pair.cert)
const ca = new X509Certificate(pair.ca)

t.test('the leaf is an ECDSA P-256 certificate that its CA signed', async t => {
  t.match(leaf.publicKey, { asymmetricKeyType: 'ec', asymmetricKeyDetails: { namedCurve: 'prime256v1' } })
  t.ok(leaf.verify(ca.publicKey) && leaf.checkIssued(ca))
  t.ok(leaf.checkPrivateKey(createPrivateKey(pair.key)))
  t.strictSame([leaf.ca, ca.ca], [false, true])
})

t.test('both certificates are valid for 90 days from an hour ago, because some clocks are slow', async t => {
  t.strictSame([lifeMs, backdateMs], [90 * 24 * 3_600_000, 3_600_000])
  for (const { validFromDate, validToDate } of [leaf, ca]) {
    t.equal(validFromDate.getTime(), nowMs - backdateMs)
    t.equal(validToDate.getTime(), nowMs + lifeMs)
  }
})

t.test('the leaf has all requested names and no others', async t => {
  t.equal(
    leaf.subjectAltName,
    `${names
      .slice(0, 2)
      .map(name => `DNS:${name}`)
      .join(', ')}, IP Address:10.0.0.1`,
  )
  t.strictSame(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1'], 'it is for server authentication')
})

t.test('the result does not contain the key of the CA', async t => {
  t.strictSame(Object.keys(pair), ['cert', 'key', 'ca'])
  t.equal(
    Object.values(pair)
      .join('')
      .match(/PRIVATE KEY-----/g)?.length,
    2,
    'there is one key, with its begin and end lines',
  )
  t.notOk(ca.checkPrivateKey(createPrivateKey(pair.key)))
  for (const pem of [pair.cert, pair.ca]) t.equal(pem.match(/BEGIN/g)?.length, 1)
})

t.test('serial numbers are random, positive and longer than 64 bits, and each CA has a unique name', async t => {
  const others = await Promise.all(Array.from({ length: 8 }, (_, at) => mintPair(names, nowMs + at * 1000)))
  const all = [pair, ...others].flatMap(({ cert, ca }) => [new X509Certificate(cert), new X509Certificate(ca)])
  const serials = all.map(({ serialNumber }) => BigInt(`0x${serialNumber}`))
  t.equal(new Set(serials).size, serials.length)
  t.ok(serials.some(serial => serial > 2n ** 64n))
  t.ok(serials.every(serial => serial > 0n && serial < 2n ** 159n))
  t.match(ca.subject, 'CN=ecr-anywhere CA 2026-01-01T12:00:00Z')
})
