import { formatTime } from '@ecr-anywhere/shared/time.ts'
import t from 'tap'
import { type Life, notCalled, sameAgain, whyNotRenewed } from '../../src/refresh/verify.ts'
import { hours, nowMs } from './api-server.ts'

const refreshBeforeMs = 6 * hours
/** A life by the hours from now on at which it ends and began. */
const life = (expiresIn: number, updatedIn: number): Life => ({
  expiresAt: formatTime(nowMs + expiresIn * hours),
  updatedAt: formatTime(nowMs + updatedIn * hours),
})
const never: Life = { expiresAt: undefined, updatedAt: undefined }
const older = 'AccessDeniedException from AWS; injected an older token, good until later'
const kept = 'AccessDeniedException from AWS; kept the old credentials, good until later'
const replaced = '.dockerconfigjson was not a docker config and was replaced'

const renewals: [about: string, before: Life, after: Life, warnings: string[]][] = [
  ['a token of twelve hours', life(5, -7), life(12, 0), []],
  ['a token of twelve hours, beside a warning about something else', life(5, -7), life(12, 0), [replaced]],
  ['a token of one hour', life(0.4, -0.6), life(1, 0), []],
  ['a token of one hour, beside a warning about something else', life(0.4, -0.6), life(1, 0), [replaced]],
  ['the first token', never, life(12, 0), []],
  ['a token of an hour in place of a time that its author made up', life(90_000, -1), life(1, 0), []],
  ['an older token that is newer than what was there and good for long', life(5, -7), life(10, 0), [older]],
  ['an older token that is good for just REFRESH_BEFORE', life(5, -7), life(6, 0), [older]],
  ['the same token, where nothing was due (--force)', life(11, -1), life(11, -1), []],
  ['the same short token, where nothing was due (--force)', life(0.9, -0.1), life(0.9, -0.1), []],
  ['the same token, where nothing was due, beside a warning about something else', life(11, -1), life(11, -1), [replaced]],
]

for (const [about, before, after, warnings] of renewals) {
  t.test(`renewed: ${about}`, async t => t.equal(whyNotRenewed(before, after, { nowMs, refreshBeforeMs, warnings }), undefined))
}

const failures: [about: string, before: Life, after: Life, warnings: string[], cause: string | RegExp][] = [
  ['nothing changed', life(5, -7), life(5, -7), [], notCalled],
  ['nothing changed on a short life', life(0.4, -0.6), life(0.4, -0.6), [], notCalled],
  ['nothing was there, and nothing is', never, never, [], notCalled],
  ['the old credentials were kept', life(5, -7), life(5, -7), [kept], kept],
  ['the old credentials of a short life were kept', life(0.4, -0.6), life(0.4, -0.6), [kept], kept],
  ['the old credentials were kept, where nothing was due (--force)', life(11, -1), life(11, -1), [kept], kept],
  ['an older token begins a life of its own, by which it is not due', life(5, -7), life(5.5, 0), [older], older],
  ['an older token has a second less than REFRESH_BEFORE', life(5, -7), life(6 - 1 / 3600, 0), [older], older],
  ['an older token of a short life', life(0.4, -0.6), life(0.5, 0), [older], older],
  ['the token that was there is put in again as an older one', life(5, -7), life(5, 0), [older], older],
  ['the same older token, where nothing was due (--force)', life(11, -1), life(11, 0), [older], older],
  ['AWS’s failure is the cause, whatever else is warned of first', life(5, -7), life(5, -7), [replaced, kept], kept],
  ['a warning about something else, and nothing changed', life(5, -7), life(5, -7), [replaced], replaced],
  ['the same credentials begin a new life, and nobody warned', life(0.4, -0.6), life(0.4, 0), [], sameAgain],
  ['what was written is due at once', life(1, -11), life(2, -10), [], /^the new credentials \(updated_at .*\) are already due/],
  ['what was written has no expiry', life(5, -7), never, [], /expires_at none\) are already due/],
  ['what was written has expired', life(-1, -12), life(-0.5, 0), [], /are already due/],
  ['an older token has expired', life(-1, -12), life(-0.5, -1), [older], older],
]

for (const [about, before, after, warnings, cause] of failures) {
  t.test(`not renewed: ${about}`, async t => t.match(whyNotRenewed(before, after, { nowMs, refreshBeforeMs, warnings }), cause))
}
