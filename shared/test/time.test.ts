import t from 'tap'
import { formatTime, parseTime } from '../src/time.ts'

const noon = Date.parse('2026-01-01T12:00:00Z')

t.test('RFC 3339 times are read, with fractions and offsets', async t => {
  for (const text of ['2026-01-01T12:00:00Z', '2026-01-01T12:00:00.000Z', '2026-01-01T13:30:00+01:30', '2026-01-01T00:00:00-12:00']) {
    t.equal(parseTime(text), noon, text)
  }
})

const none = ['', ' ', 'soon', '2026', '2026-01-01', '2026-01-01T12:00Z', '2026-01-01 12:00:00Z', '2026-01-01T12:00:00', '1767268800']
const impossible = [
  '2026-13-01T12:00:00Z',
  '2026-01-01T25:00:00Z',
  '+275760-09-13T00:00:00Z',
  '2026-01-01T12:00:00z',
  '2026-01-01T12:00:00Z\n',
]

t.test('other texts are not read as a time', async t => {
  t.equal(parseTime(undefined), undefined)
  for (const text of [...none, ...impossible]) t.equal(parseTime(text), undefined, JSON.stringify(text))
})

t.test('a time is written in UTC and rounded down to whole seconds', async t => {
  t.equal(formatTime(noon), '2026-01-01T12:00:00Z')
  t.equal(formatTime(noon + 999), '2026-01-01T12:00:00Z')
})
