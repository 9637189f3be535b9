import t from 'tap'
import type { Problem } from '../../src/check/problem.ts'
import { confirmMs, retryMs, untilSettled } from '../../src/check/until-settled.ts'

const [transient, refused, final] = (['transient', 'refused', 'final'] as const).map((kind): Problem => ({ kind, why: kind }))
const timeoutMs = 90_000

/** Attempts that find one list of problems after the other, and then always the last one. Each takes a second. */
async function settle(...looks: (Problem | undefined)[][]) {
  let nowMs = 5_000
  let count = 0
  const startMs = nowMs
  const look = async () => {
    nowMs += 1_000
    const problems = (looks[Math.min(count, looks.length - 1)] ?? []).filter(one => one !== undefined)
    count += 1
    return { problems, asked: [`look ${count}`] }
  }
  const found = await untilSettled(look, timeoutMs, {
    nowMs: () => nowMs,
    sleep: async ms => {
      nowMs += ms
    },
  })
  return { ...found, count, ms: nowMs - startMs }
}

t.test('a check without problems ends at once', async t => {
  t.match(await settle([]), { problems: [], asked: ['look 1'], count: 1 })
})

t.test('the check waits for transient problems', async t => {
  t.match(await settle([transient], [transient], []), { problems: [], asked: ['look 3'], count: 3 })
})

t.test('a transient problem is reported if it does not disappear in time', async t => {
  const { problems, ms } = await settle([transient])
  t.strictSame(problems, [transient])
  t.ok(ms <= timeoutMs && ms > timeoutMs - retryMs - 1_000, `${ms} ms`)
})

t.test('a final problem is reported at once, and no other problem with it', async t => {
  t.match(await settle([transient, final]), { problems: [final], count: 1 })
  t.match(await settle([transient], [refused, final]), { problems: [refused, final], count: 2 })
})

t.test('a denial by AWS is reported after a few seconds, in which AWS is called again', async t => {
  const { problems, ms, count } = await settle([refused, transient])
  t.strictSame(problems, [refused])
  t.ok(count >= 3)
  t.ok(ms >= confirmMs && ms <= confirmMs + retryMs + 1_000, `${ms} ms`)
})

t.test('a denial that disappears is not reported', async t => {
  t.match(await settle([refused], [refused], []), { problems: [], count: 3 })
})

t.test('a denial that disappeared and returns is treated as new', async t => {
  const { count } = await settle([refused], [refused], [transient], [refused])
  t.equal(count, 6)
})

t.test('a denial is reported at once if there is too little time to wait', async t => {
  let nowMs = 0
  const look = async () => ({ problems: [refused as Problem], asked: [] })
  const found = await untilSettled(look, 1_000, {
    nowMs: () => nowMs,
    sleep: async ms => {
      nowMs += ms
    },
  })
  t.strictSame(found.problems, [refused])
})
