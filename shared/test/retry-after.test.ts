import t from 'tap'
import { retryAfterSeconds } from '../src/retry-after.ts'

const nowMs = Date.parse('2026-10-21T07:28:00Z')

const headers: [header: string | undefined, seconds: number | undefined][] = [
  ['0', 0],
  ['3', 3],
  [' 120 ', 120],
  ['99999999999', 99_999_999_999],
  ['Wed, 21 Oct 2026 07:28:07 GMT', 7],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 0],
  ['Wed, 21 Oct 2026 07:27:00 GMT', 0],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['Wed, 99 Oct 2026 07:28:00 GMT', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['soon', undefined],
  ['', undefined],
  [' ', undefined],
  [undefined, undefined],
]

for (const [header, seconds] of headers) {
  t.test(`Retry-After ${JSON.stringify(header)} means ${seconds ?? 'nothing'}`, async t =>
    t.equal(retryAfterSeconds(header, nowMs), seconds),
  )
}

t.test('a date is rounded up, so that a retry is never too early', async t => {
  t.equal(retryAfterSeconds('Wed, 21 Oct 2026 07:28:02 GMT', nowMs + 400), 2)
})
