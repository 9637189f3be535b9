import t from 'tap'
import type { Problem } from '../../src/check/problem.ts'
import { confirmMs, retryMs, untilSettled } from '../../src/check/until-settled.ts'

const [transient, refused, final] = (['transient', 'refused', 'final'] as const).map((kind): Problem => ({ kind, why: kind }))
const timeoutMs = 90_000

/** Looks that find one list of problems after the other, the last one for ever; each takes a second. */
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

t.test('all is well at once', async t => {
  t.match(await settle([]), { problems: [], asked: ['look 1'], count: 1 })
})

t.test('what passes by itself is waited for', async t => {
  t.match(await settle([transient], [transient], []), { problems: [], asked: ['look 3'], count: 3 })
})

t.test('what does not pass in time is reported', async t => {
  const { problems, ms } = await settle([transient])
  t.strictSame(problems, [transient])
  t.ok(ms <= timeoutMs && ms > timeoutMs - retryMs - 1_000, `${ms} ms`)
})

t.test('what stays is reported at once, and nothing beside it', async t => {
  t.match(await settle([transient, final]), { problems: [final], count: 1 })
  t.match(await settle([transient], [refused, final]), { problems: [refused, final], count: 2 })
})

t.test('AWS’s refusal is reported once it was there for a few seconds, in which AWS is asked again', async t => {
  const { problems, ms, count } = await settle([refused, transient])
  t.strictSame(problems, [refused])
  t.ok(count >= 3)
  t.ok(ms >= confirmMs && ms <= confirmMs + retryMs + 1_000, `${ms} ms`)
})

t.test('a refusal of the past passes', async t => {
  t.match(await settle([refused], [refused], []), { problems: [], count: 3 })
})

t.test('a refusal that went away and comes back is new', async t => {
  const { count } = await settle([refused], [refused], [transient], [refused])
  t.equal(count, 6)
})

t.test('with less time than a refusal needs, it is reported as it is', async t => {
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
