import t from 'tap'
import { eventsMs, inFlightMs, runLimits } from '../../src/refresh/limits.ts'

/** Limits on a clock that a test moves. */
function limited() {
  let nowMs = 0
  const timers: { atMs: number; act: () => void }[] = []
  const limits = runLimits((ms, act) => timers.push({ atMs: nowMs + ms, act }))
  const pass = (ms: number) => {
    nowMs += ms
    for (const { act } of timers.filter(({ atMs }) => atMs <= nowMs)) act()
  }
  return { limits, pass }
}

t.test('a run that nobody stops has no limits', async t => {
  const { limits, pass } = limited()
  pass(24 * 3_600_000)
  t.strictSame([limits.stoppedBy(), limits.stopping.aborted, limits.abandoned.aborted], [undefined, false, false])
})

t.test('a signal stops what is new at once, and what is in flight a little later', async t => {
  const { limits, pass } = limited()
  limits.stop('SIGTERM')
  t.strictSame([limits.stoppedBy(), limits.stopping.aborted, limits.abandoned.aborted], ['SIGTERM', true, false])
  pass(inFlightMs - 1)
  t.equal(limits.abandoned.aborted, false)
  pass(1)
  t.equal(limits.abandoned.aborted, true)
})

t.test('Events end some time after they have begun, or after the signal if that comes first', async t => {
  const free = limited()
  const events = free.limits.startEvents()
  free.pass(eventsMs - 1)
  t.equal(events.aborted, false)
  free.pass(1)
  t.equal(events.aborted, true)

  const stopped = limited()
  stopped.limits.stop('SIGTERM')
  stopped.pass(inFlightMs)
  const rest = stopped.limits.startEvents()
  stopped.pass(eventsMs - inFlightMs - 1)
  t.equal(rest.aborted, false)
  stopped.pass(1)
  t.equal(rest.aborted, true)
})

t.test('a second signal moves nothing', async t => {
  const { limits, pass } = limited()
  limits.stop('SIGTERM')
  pass(inFlightMs / 2)
  limits.stop('SIGINT')
  pass(inFlightMs / 2)
  t.strictSame([limits.stoppedBy(), limits.abandoned.aborted], ['SIGTERM', true])
})

t.test('report and Events fit into the 30 s that Kubernetes gives a pod', async t => t.ok(inFlightMs < eventsMs && eventsMs < 25_000))
