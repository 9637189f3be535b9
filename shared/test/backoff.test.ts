import t from 'tap'
import { backoffCapMs, idleBackoffCapMs, noFailures, restMs } from '../src/backoff.ts'
import { patienceMs } from '../src/cache.ts'

const cases: [about: string, count: number, draw: number, sinceMs: number, capMs: number, rest: number][] = [
  ['after one failure', 1, 1, 0, backoffCapMs, 400],
  ['after two', 2, 1, 0, backoffCapMs, 800],
  ['after three', 3, 1, 0, backoffCapMs, 1_600],
  ['capped, where somebody waits', 4, 1, 0, backoffCapMs, 2_000],
  ['not yet capped, where nobody waits', 10, 1, 0, idleBackoffCapMs, 204_800],
  ['capped, where nobody waits', 11, 1, 0, idleBackoffCapMs, 300_000],
  ['after days of failures', 10_000, 1, 0, idleBackoffCapMs, 300_000],
  ['by the part that was drawn', 2, 0.25, 0, backoffCapMs, 200],
  ['less what has passed', 2, 1, 300, backoffCapMs, 500],
  ['once it is over', 2, 1, 800, backoffCapMs, 0],
  ['long after it is over', 2, 1, 80_000, backoffCapMs, 0],
  ['where nothing was drawn', 5, 0, 0, backoffCapMs, 0],
]

for (const [about, count, draw, sinceMs, capMs, rest] of cases) {
  t.test(`the back-off is ${rest} ms ${about}`, async t => {
    t.equal(restMs({ count, lastAtMs: 1_000, draw }, { nowMs: 1_000 + sinceMs, capMs }), rest)
  })
}

t.test('without a failure there is none', async t => t.equal(restMs(noFailures, { nowMs: 0, capMs: backoffCapMs }), 0))

t.test('it can be waited out within an admission, which has 9 s', async t => {
  t.ok(backoffCapMs + patienceMs < 9_000)
})
