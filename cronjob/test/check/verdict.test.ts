import t from 'tap'
import { verdictOf } from '../../src/check/verdict.ts'

const asked = ['tenant default: ok in namespace apps']

t.test('without problems the last line reports success, after the namespace in which each tenant was checked', async t => {
  t.strictSame(verdictOf({ asked, problems: [] }), {
    text: `${asked[0]}\ncheck: every tenant has a token, and every webhook and policy of the release is in force`,
    exitCode: 0,
  })
})

t.test('the last line, which is the termination message of the pod, contains every cause', async t => {
  const problems = [
    { kind: 'final', why: 'a' },
    { kind: 'transient', why: 'b' },
  ] as const
  t.strictSame(verdictOf({ asked, problems: [...problems] }), { text: `${asked[0]}\ncheck failed: a; b`, exitCode: 1 })
})
