import t from 'tap'
import { formatDuration, parseDuration } from '../src/duration.ts'

const readings: [text: string, ms: number][] = [
  ['90s', 90_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  ['1h0m5s', 3_605_000],
  ['0s', 0],
]

t.test('durations are read in the forms that users and Go write', async t => {
  for (const [text, ms] of readings) t.equal(parseDuration(text), ms, text)
})

t.test('other texts are not read as a duration', async t => {
  for (const text of ['', ' ', '90', '1d', '5 m', '-5m', '1.5h', '5m1h', '1H', '10s ', '1h1h', '9999999s', '٣s', 'Infinitys', '1e3s']) {
    t.equal(parseDuration(text), undefined, JSON.stringify(text))
  }
})

const writings: [ms: number, text: string][] = [
  [0, '0s'],
  [-5, '0s'],
  [999, '0s'],
  [1_999, '1s'],
  [90_000, '1m30s'],
  [3_600_000, '1h'],
  [5_400_000, '1h30m'],
  [43_205_000, '12h5s'],
]

t.test('durations are written in their shortest form and can be read back', async t => {
  for (const [ms, text] of writings) {
    t.equal(formatDuration(ms), text)
    t.equal(parseDuration(text), Math.floor(Math.max(ms, 0) / 1000) * 1000)
  }
})
