import t from 'tap'
import { byteRate } from '../../src/attach/byte-rate.ts'

t.test("a second's worth may come at once, and then as much as time has passed", async t => {
  let nowMs = 5_000
  const may = byteRate(1_000, () => nowMs)
  t.ok(may(600))
  t.ok(may(400))
  t.notOk(may(1))
  nowMs += 100
  t.notOk(may(101))
  t.ok(may(100))
  t.notOk(may(1))
})

t.test('what is refused is not counted, and what is not used is not saved for more than a second', async t => {
  let nowMs = 0
  const may = byteRate(1_000, () => nowMs)
  t.notOk(may(1_001))
  t.ok(may(1_000))
  nowMs += 3_600_000
  t.notOk(may(1_001))
  t.ok(may(1_000))
  t.notOk(may(1))
})
