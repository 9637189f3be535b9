import t from 'tap'
import { hostOfKey } from '../../src/secret-kinds/registry-key.ts'

const host = '111122223333.dkr.ecr.us-east-1.amazonaws.com'

t.test('a query or a fragment of any length does not change the host of a key', async t => {
  for (const rest of ['?account=AWS&service=ecr', '/#section-2', '/v2/?a#b\nc']) t.equal(hostOfKey(`https://${host}${rest}`), host)
})

t.test('the host of a key is found only if the key has at most 512 characters', async t => {
  const keyOf = (length: number) => `https://${'x'.repeat(length - `https://@${host}`.length)}@${host}`
  t.equal(hostOfKey(keyOf(512)), host)
  t.equal(hostOfKey(keyOf(513)), undefined)
})
