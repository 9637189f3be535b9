import t from 'tap'
import { encodedAt, textOf } from '../../src/secret-kinds/secret-kind.ts'
import { encode } from '../admission/secrets.ts'

t.test('the text of a key is what its base64 says, without a byte order mark', async t => {
  t.equal(textOf({ a: encode('Grüße 😀') }, 'a'), 'Grüße 😀')
  t.equal(textOf({ a: encode('\uFEFFa') }, 'a'), 'a')
  t.equal(textOf({ a: '' }, 'a'), '')
})

t.test('what is no UTF-8 is no text: nothing of it is guessed', async t => {
  for (const bytes of [[0xff], [0x61, 0xc3], [0xed, 0xa0, 0x80]]) {
    const value = encode(Buffer.from(bytes))
    t.equal(textOf({ a: value }, 'a'), undefined)
  }
})

t.test('a key that is not there has no text, whatever JavaScript knows by its name', async t => {
  for (const key of ['a', 'constructor', '__proto__', 'toString']) {
    t.equal(encodedAt({ b: encode('b') }, key), undefined)
    t.equal(textOf({ b: encode('b') }, key), undefined)
    t.equal(textOf(undefined, key), undefined)
  }
})
