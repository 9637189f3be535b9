import t from 'tap'
import { causeIdOf } from '../src/cause-id.ts'

t.test('messages that differ in numbers and request IDs only are one cause', async t => {
  t.equal(causeIdOf('used: secrets=10, limited: secrets=10'), causeIdOf('used: secrets=9, limited: secrets=10'))
  t.equal(causeIdOf('RequestId: 705ab4f5-6393-11e8'), causeIdOf('RequestId: 0a-b1'))
  t.not(causeIdOf('denied by a'), causeIdOf('denied by b'))
  t.match(causeIdOf('a'), /^[0-9a-f]{16}$/, 'it is valid in the name of an object')
})
