import t from 'tap'
import { createRateLimit, tokensBurst, tokensPerSecond } from '../rate-limit.ts'

const aws = { perSecond: tokensPerSecond, burst: tokensBurst }

t.test('200 calls are allowed at once, and then 20 a second', async t => {
  const limit = createRateLimit(aws)
  const passed = (calls: number, nowMs: number) => Array.from({ length: calls }, () => limit('a', nowMs)).filter(Boolean).length
  t.equal(passed(300, 0), 200)
  t.equal(passed(300, 1000), 20)
  t.equal(passed(300, 1050), 1)
})

t.test('a bucket never contains more than its burst', async t => {
  const limit = createRateLimit(aws)
  t.ok(limit('a', 0))
  t.equal(Array.from({ length: 300 }, () => limit('a', 3_600_000)).filter(Boolean).length, 200)
})

t.test('each key has its own bucket', async t => {
  const limit = createRateLimit({ perSecond: 1, burst: 1 })
  t.same([limit('a', 0), limit('a', 0), limit('b', 0)], [true, false, true])
})
