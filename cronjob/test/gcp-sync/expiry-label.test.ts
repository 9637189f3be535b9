import fc from 'fast-check'
import t from 'tap'
import { formatExpiry, parseExpiry } from '../../src/gcp-sync/expiry-label.ts'
import { hours, nowMs } from './examples.ts'

t.test('what is written is read again', async t => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), fc.integer({ min: 0, max: nowMs / 1000 }), (version, seconds) => {
      const known = { version, expiresAtMs: seconds * 1000 }
      t.strictSame(parseExpiry(formatExpiry(known), nowMs), known)
    }),
  )
})

t.test('a label has only the characters that Google allows', async t => {
  t.match(formatExpiry({ version: 12, expiresAtMs: nowMs + 999 }), /^12_1796040000$/)
})

t.test('no other text is read', async t => {
  for (const value of [
    undefined,
    '',
    '5',
    '5_',
    '_5',
    '0_5',
    '05_5',
    '-1_5',
    '5_1.5',
    '5_1_2',
    'a5_6',
    '5_6 ',
    '5_123456789012',
    '1234567890_1',
  ]) {
    t.equal(parseExpiry(value, nowMs), undefined, String(value))
  }
})

t.test('an expiry that is further ahead than a token can live is not believed', async t => {
  const at = (ms: number) => parseExpiry(formatExpiry({ version: 1, expiresAtMs: nowMs + ms }), nowMs)
  t.ok(at(12 * hours + 600_000))
  t.equal(at(12 * hours + 601_000), undefined)
})
