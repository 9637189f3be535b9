import t from 'tap'
import { encodedAt, textOf } from '../../src/secret-kinds/secret-kind.ts'
import { encode } from '../admission/secrets.ts'

t.test('the text of a key is its decoded base64 without a byte order mark', async t => {
  t.equal(textOf({ a: encode('Grüße 😀') }, 'a'), 'Grüße 😀')
  t.equal(textOf({ a: encode('\uFEFFa') }, 'a'), 'a')
  t.equal(textOf({ a: '' }, 'a'), '')
})

t.test('a value that is not UTF-8 has no text', async t => {
  for (const bytes of [[0xff], [0x61, 0xc3], [0xed, 0xa0, 0x80]]) {
    const value = encode(Buffer.from(bytes))
    t.equal(textOf({ a: value }, 'a'), undefined)
  }
})

t.test('a missing key has no text, even if its name is a member of the Object prototype', async t => {
  for (const key of ['a', 'constructor', '__proto__', 'toString']) {
    t.equal(encodedAt({ b: encode('b') }, key), undefined)
    t.equal(textOf({ b: encode('b') }, key), undefined)
    t.equal(textOf(undefined, key), undefined)
  }
})
