import t from 'tap'
import { backoffCapMs, idleBackoffCapMs, noFailures, restMs } from '../src/backoff.ts'
import { patienceMs } from '../src/cache.ts'

const cases: [about: string, count: number, draw: number, sinceMs: number, capMs: number, rest: number][] = [
  ['after one failure', 1, 1, 0, backoffCapMs, 400],
  ['after two', 2, 1, 0, backoffCapMs, 800],
  ['after three', 3, 1, 0, backoffCapMs, 1_600],
  ['at its cap while a request waits', 4, 1, 0, backoffCapMs, 2_000],
  ['below its cap in the background', 8, 1, 0, idleBackoffCapMs, 51_200],
  ['at its cap in the background', 9, 1, 0, idleBackoffCapMs, 90_000],
  ['after days of failures', 10_000, 1, 0, idleBackoffCapMs, 90_000],
  ['multiplied by the random part', 2, 0.25, 0, backoffCapMs, 200],
  ['less the time that has passed', 2, 1, 300, backoffCapMs, 500],
  ['when it is over', 2, 1, 800, backoffCapMs, 0],
  ['long after it is over', 2, 1, 80_000, backoffCapMs, 0],
  ['if the random part is zero', 5, 0, 0, backoffCapMs, 0],
]

for (const [about, count, draw, sinceMs, capMs, rest] of cases) {
  t.test(`the back-off is ${rest} ms ${about}`, async t => {
    t.equal(restMs({ count, lastAtMs: 1_000, draw }, { nowMs: 1_000 + sinceMs, capMs }), rest)
  })
}

t.test('there is no back-off without a failure', async t => t.equal(restMs(noFailures, { nowMs: 0, capMs: backoffCapMs }), 0))

t.test('the longest back-off of a request fits into an admission, which has 9 s', async t => {
  t.ok(backoffCapMs + patienceMs < 9_000)
})
