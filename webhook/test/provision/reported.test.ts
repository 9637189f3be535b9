import t from 'tap'
import { causeIdOf, reportAgainMs, reportDue } from '../../src/provision/reported.ts'

t.test('a cause is reported once, again after an hour, and another cause at once', async t => {
  const first = reportDue(undefined, 'exceeded quota', 0)
  t.ok(first)
  t.equal(reportDue(first, 'exceeded quota', reportAgainMs - 1), undefined)
  t.match(reportDue(first, 'exceeded quota', reportAgainMs), { atMs: reportAgainMs })
  t.ok(reportDue(first, 'denied by a policy', 1))
})

t.test('messages that differ in numbers and request IDs only are one cause', async t => {
  t.equal(causeIdOf('used: secrets=10, limited: secrets=10'), causeIdOf('used: secrets=9, limited: secrets=10'))
  t.equal(causeIdOf('RequestId: 705ab4f5-6393-11e8'), causeIdOf('RequestId: 0a-b1'))
  t.not(causeIdOf('denied by a'), causeIdOf('denied by b'))
  t.match(causeIdOf('a'), /^[0-9a-f]{16}$/, 'it is valid in the name of an object')
})
