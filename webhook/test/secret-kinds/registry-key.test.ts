import t from 'tap'
import { hostOfKey } from '../../src/secret-kinds/registry-key.ts'

const host = '111122223333.dkr.ecr.us-east-1.amazonaws.com'

t.test('what follows the path of a key does not change its host, however long it is', async t => {
  for (const rest of ['?account=AWS&service=ecr', '/#section-2', '/v2/?a#b\nc']) t.equal(hostOfKey(`https://${host}${rest}`), host)
})

t.test('a key of up to 512 characters is read, a longer one is not', async t => {
  const keyOf = (length: number) => `https://${'x'.repeat(length - `https://@${host}`.length)}@${host}`
  t.equal(hostOfKey(keyOf(512)), host)
  t.equal(hostOfKey(keyOf(513)), undefined)
})
