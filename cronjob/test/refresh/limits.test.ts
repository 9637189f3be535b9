import t from 'tap'
import { eventsMs, inFlightMs, runLimits } from '../../src/refresh/limits.ts'

/** Limits with a clock that the test advances. */
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

t.test('a run that is not stopped has no limits', async t => {
  const { limits, pass } = limited()
  pass(24 * 3_600_000)
  t.strictSame([limits.stoppedBy(), limits.stopping.aborted, limits.abandoned.aborted], [undefined, false, false])
})

t.test('a signal stops new requests at once, and requests in flight a little later', async t => {
  const { limits, pass } = limited()
  limits.stop('SIGTERM')
  t.strictSame([limits.stoppedBy(), limits.stopping.aborted, limits.abandoned.aborted], ['SIGTERM', true, false])
  pass(inFlightMs - 1)
  t.equal(limits.abandoned.aborted, false)
  pass(1)
  t.equal(limits.abandoned.aborted, true)
})

t.test('Events end some time after they began, or after the signal if that is earlier', async t => {
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

t.test('a second signal changes nothing', async t => {
  const { limits, pass } = limited()
  limits.stop('SIGTERM')
  pass(inFlightMs / 2)
  limits.stop('SIGINT')
  pass(inFlightMs / 2)
  t.strictSame([limits.stoppedBy(), limits.abandoned.aborted], ['SIGTERM', true])
})

t.test('the report and the Events fit into the default termination grace period of 30 s', async t =>
  t.ok(inFlightMs < eventsMs && eventsMs < 25_000),
)
