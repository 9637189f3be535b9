import t from 'tap'
import { reportAgainMs, reportDue } from '../../src/provision/reported.ts'

t.test('a cause is reported once, again after an hour, and another cause at once', async t => {
  const first = reportDue(undefined, 'exceeded quota', 0)
  t.ok(first)
  t.equal(reportDue(first, 'exceeded quota', reportAgainMs - 1), undefined)
  t.match(reportDue(first, 'exceeded quota', reportAgainMs), { atMs: reportAgainMs })
  t.ok(reportDue(first, 'denied by a policy', 1))
})
