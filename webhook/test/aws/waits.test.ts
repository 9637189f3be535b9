import t from 'tap'
import { leastWaitMs, waits } from '../../src/aws/waits.ts'

/** Sleeps by their length. The test decides when each of them ends. */
function world() {
  const sleeping = new Map<number, () => void>()
  const { wait, wake } = waits(ms => new Promise<void>(resolve => sleeping.set(ms, resolve)))
  const end = (ms: number) => sleeping.get(ms)?.()
  const waited = (ms: number) => {
    let isOver = false
    void wait(ms).then(() => {
      isOver = true
    })
    return () => isOver
  }
  return { sleeping, end, wake, waited }
}
const turn = () => new Promise(resolve => setImmediate(resolve))

t.test('a wait has the requested duration', async t => {
  const { end, waited, sleeping } = world()
  const isOver = waited(30_000)
  end(leastWaitMs)
  await turn()
  t.notOk(isOver())
  t.strictSame([...sleeping.keys()], [leastWaitMs, 30_000 - leastWaitMs])
  end(30_000 - leastWaitMs)
  await turn()
  t.ok(isOver())
})

t.test('waking ends a wait, but not before the shortest wait is over', async t => {
  const { end, waited, wake } = world()
  const isOver = waited(30_000)
  wake()
  await turn()
  t.notOk(isOver())
  end(leastWaitMs)
  await turn()
  t.ok(isOver())
})

t.test('waking does not end a wait that begins later', async t => {
  const { end, waited, wake } = world()
  wake()
  const isOver = waited(30_000)
  end(leastWaitMs)
  await turn()
  t.notOk(isOver())
  wake()
  await turn()
  t.ok(isOver())
})

t.test('a short wait is not extended', async t => {
  const { end, waited, sleeping } = world()
  const isOver = waited(10)
  end(10)
  await turn()
  t.ok(isOver())
  t.strictSame([...sleeping.keys()], [10])
})
