import t from 'tap'
import { history, keptMs } from '../../src/provision/history.ts'

t.test('a value is kept for a time and can be taken once', async t => {
  const kept = history<number>()
  kept.keep('a', 1, 0)
  t.equal(kept.take('a', keptMs), 1)
  t.equal(kept.take('a', keptMs), undefined)
  kept.keep('a', 2, 0)
  t.equal(kept.take('a', keptMs + 1), undefined)
})

t.test('values that are too old are removed, so that they do not fill the memory', async t => {
  const kept = history<number>()
  for (let at = 0; at < 1_000; at += 1) kept.keep(`n${at}`, at, at)
  kept.keep('n0', 0, 500)
  t.equal(kept.size(), 1_000)
  kept.keep('last', 1, keptMs + 499)
  t.equal(kept.size(), 503, 'the values of 499 to 999 ms, n0 and the last one')
  t.equal(kept.take('n0', keptMs + 499), 0, 'a value that is kept again is new')
})
