import t from 'tap'
import { isDue, lifetimeMs } from '../src/due.ts'
import { formatTime } from '../src/time.ts'

const hour = 3_600_000
const noon = Date.parse('2026-01-01T12:00:00Z')
const refreshBeforeMs = 6 * hour

interface Case {
  about: string
  expiresAt: string | undefined
  updatedAt: string | undefined
  due: boolean
}

const cases: Case[] = [
  { about: 'more than refreshBefore is left', expiresAt: inMs(6 * hour + 1000), updatedAt: undefined, due: false },
  { about: 'exactly refreshBefore is left', expiresAt: inMs(6 * hour), updatedAt: undefined, due: false },
  { about: 'a second less than refreshBefore is left', expiresAt: inMs(6 * hour - 1000), updatedAt: undefined, due: true },
  { about: 'it has expired', expiresAt: inMs(-1000), updatedAt: undefined, due: true },
  { about: 'it has expired, and its lifetime was short', expiresAt: inMs(-1000), updatedAt: inMs(-hour), due: true },
  { about: 'it has no expiry', expiresAt: undefined, updatedAt: inMs(-hour), due: true },
  { about: 'its expiry cannot be read', expiresAt: 'tomorrow', updatedAt: inMs(-hour), due: true },
  { about: 'exactly half of a lifetime of one hour is left', expiresAt: inMs(hour / 2), updatedAt: inMs(-hour / 2), due: false },
  { about: 'a second less than half of a short lifetime is left', expiresAt: inMs(hour / 2 - 1000), updatedAt: inMs(-hour / 2), due: true },
  { about: 'a lifetime of one hour has just begun', expiresAt: inMs(hour), updatedAt: inMs(0), due: false },
  { about: 'half of a lifetime of 14 hours is left', expiresAt: inMs(7 * hour), updatedAt: inMs(-7 * hour), due: false },
  { about: 'refreshBefore is less than half of its lifetime', expiresAt: inMs(6 * hour - 1000), updatedAt: inMs(-14 * hour), due: true },
  { about: 'the start of its lifetime cannot be read', expiresAt: inMs(hour), updatedAt: 'today', due: true },
  { about: 'its lifetime would begin when it expires', expiresAt: inMs(hour), updatedAt: inMs(hour), due: true },
  { about: 'its lifetime would begin after it expires', expiresAt: inMs(hour), updatedAt: inMs(2 * hour), due: true },
]

for (const { about, due, ...times } of cases) {
  t.test(`a Secret is ${due ? '' : 'not '}due if ${about}`, async t => t.equal(isDue({ ...times, nowMs: noon, refreshBeforeMs }), due))
}

t.test('a lifetime is known only if both its beginning and its end can be parsed', async t => {
  const [updatedAt, expiresAt] = [inMs(-hour), inMs(hour)]
  t.equal(lifetimeMs({ updatedAt, expiresAt }), 2 * hour)
  for (const unknown of [undefined, 'soon']) {
    t.equal(lifetimeMs({ updatedAt, expiresAt: unknown }), undefined)
    t.equal(lifetimeMs({ updatedAt: unknown, expiresAt }), undefined)
  }
})

function inMs(ms: number): string {
  return formatTime(noon + ms)
}
