import { generate } from 'selfsigned'
import t from 'tap'
import { certificatesIn, inspectPair } from '../../src/certs/pair.ts'
import { backdateMs, lifeMs, mintPair } from '../../src/certs/random/mint-pair.ts'

const nowMs = Date.parse('2026-01-01T12:00:00Z')
const days = 24 * 3_600_000
const names = ['a.svc', '10.0.0.1']
const [one, two] = await Promise.all([mintPair(names, nowMs), mintPair(names, nowMs)])
const trimmed = (pems: string[]) => pems.map(pem => pem.trim())

t.test('a valid pair has a validity', async t => {
  t.strictSame(inspectPair(one, names), { notBeforeMs: nowMs - backdateMs, notAfterMs: nowMs + lifeMs })
})

t.test('a pair is valid while both its leaf and its CA are valid', async t => {
  const life = (fromDays: number, toDays: number) => ({
    keyType: 'ec' as const,
    curve: 'P-256' as const,
    notBeforeDate: new Date(nowMs + fromDays * days),
    notAfterDate: new Date(nowMs + toDays * days),
  })
  const pairOf = async (ca: [from: number, to: number], leaf: [from: number, to: number]) => {
    const authority = await generate([{ name: 'commonName', value: 'CA' }], {
      ...life(...ca),
      extensions: [{ name: 'basicConstraints', cA: true }],
    })
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'leaf' }], {
      ...life(...leaf),
      ca: { cert: authority.cert, key: authority.private },
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'a.svc' }] }],
    })
    return { cert, key, ca: authority.cert }
  }
  const both = { notBeforeMs: nowMs + days, notAfterMs: nowMs + 2 * days }
  t.strictSame(inspectPair(await pairOf([0, 2], [1, 3]), ['a.svc']), both)
  t.strictSame(inspectPair(await pairOf([1, 3], [0, 2]), ['a.svc']), both)
})

const bad: [about: string, pair: typeof one, names: string[]][] = [
  ['the key of another certificate', { ...one, key: two.key }, names],
  ["another's CA", { ...one, ca: two.ca }, names],
  ['a missing name', one, ['a.svc', 'b.svc']],
  ['a missing address', one, ['10.0.0.2']],
  ['no certificate', { ...one, cert: '' }, names],
  ['no key', { ...one, key: 'x' }, names],
  ['no CA', { ...one, ca: '' }, names],
]

for (const [about, pair, names] of bad) {
  t.test(`a pair with ${about} is unusable`, async t => t.equal(inspectPair(pair, names), undefined))
}

t.test('the certificates of a bundle are found in order and without duplicates', async t => {
  t.strictSame(trimmed(certificatesIn([one.ca, two.ca, one.ca].join('\n'), nowMs)), trimmed([one.ca, two.ca]))
})

t.test('parts that an API server does not read are removed: expired certificates, keys and other text', async t => {
  const junk = '-----BEGIN CERTIFICATE-----\neHh4\n-----END CERTIFICATE-----\n'
  t.strictSame(trimmed(certificatesIn(`# a comment\n${junk}${one.key}\n${one.ca}\nmore`, nowMs)), [one.ca.trim()])
  t.strictSame(certificatesIn(one.ca, nowMs + lifeMs), [])
  t.equal(certificatesIn(one.ca, nowMs + lifeMs - 1).length, 1)
})

t.test('a CA that is not valid yet stays in a bundle, because the clock of this machine may be wrong', async t => {
  t.equal(certificatesIn(one.ca, nowMs - backdateMs - 1).length, 1)
})

t.test('other line ends and line lengths are read as the same certificate', async t => {
  const long = one.ca.replace(/(-----\n)([\s\S]+)(\n-----)/, (_, begin, body, end) => begin + body.replaceAll('\n', '') + end)
  t.strictSame(certificatesIn([one.ca.replaceAll('\n', '\r\n'), long].join('\n'), nowMs), certificatesIn(one.ca, nowMs))
})

t.test('a missing bundle is read as an empty one', async t => {
  for (const text of ['', ' ', 'x', '-----BEGIN CERTIFICATE-----']) t.strictSame(certificatesIn(text, nowMs), [], JSON.stringify(text))
})

t.test('reading a published bundle again gives the same bundle', async t => {
  const once = certificatesIn([one.ca, two.ca].join('\n'), nowMs).join('')
  t.equal(certificatesIn(once, nowMs).join(''), once)
})
