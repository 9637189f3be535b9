import { formatTime } from '@ecr-anywhere/shared/time.ts'
import t from 'tap'
import { type Life, notCalled, sameAgain, whyNotRenewed } from '../../src/refresh/verify.ts'
import { hours, nowMs } from './api-server.ts'

const refreshBeforeMs = 6 * hours
/** The expiry and the start of a lifetime, in hours from now. */
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
  ['a token of an hour in place of an invented expiry', life(90_000, -1), life(1, 0), []],
  ['an older token that is newer than the stored one and not due', life(5, -7), life(10, 0), [older]],
  ['an older token that is valid for exactly REFRESH_BEFORE', life(5, -7), life(6, 0), [older]],
  ['the same token if nothing was due (--force)', life(11, -1), life(11, -1), []],
  ['the same short token if nothing was due (--force)', life(0.9, -0.1), life(0.9, -0.1), []],
  ['the same token if nothing was due, beside a warning about something else', life(11, -1), life(11, -1), [replaced]],
]

for (const [about, before, after, warnings] of renewals) {
  t.test(`the Secret was renewed: ${about}`, async t =>
    t.equal(whyNotRenewed(before, after, { nowMs, refreshBeforeMs, warnings }), undefined),
  )
}

const failures: [about: string, before: Life, after: Life, warnings: string[], cause: string | RegExp][] = [
  ['nothing changed', life(5, -7), life(5, -7), [], notCalled],
  ['nothing changed, with a short lifetime', life(0.4, -0.6), life(0.4, -0.6), [], notCalled],
  ['there were no credentials before and after', never, never, [], notCalled],
  ['the old credentials were kept', life(5, -7), life(5, -7), [kept], kept],
  ['the old credentials with a short lifetime were kept', life(0.4, -0.6), life(0.4, -0.6), [kept], kept],
  ['the old credentials were kept although nothing was due (--force)', life(11, -1), life(11, -1), [kept], kept],
  ['an older token has a new lifetime by which it is not due', life(5, -7), life(5.5, 0), [older], older],
  ['an older token has a second less than REFRESH_BEFORE left', life(5, -7), life(6 - 1 / 3600, 0), [older], older],
  ['an older token with a short lifetime', life(0.4, -0.6), life(0.5, 0), [older], older],
  ['the stored token is injected again as an older one', life(5, -7), life(5, 0), [older], older],
  ['the same older token although nothing was due (--force)', life(11, -1), life(11, 0), [older], older],
  ['the failure of AWS is the cause, even after another warning', life(5, -7), life(5, -7), [replaced, kept], kept],
  ['a warning about something else, and nothing changed', life(5, -7), life(5, -7), [replaced], replaced],
  ['the same credentials have a new lifetime without a warning', life(0.4, -0.6), life(0.4, 0), [], sameAgain],
  ['the new credentials are due at once', life(1, -11), life(2, -10), [], /^the new credentials \(updated_at .*\) are already due/],
  ['the new credentials have no expiry', life(5, -7), never, [], /expires_at none\) are already due/],
  ['the new credentials have expired', life(-1, -12), life(-0.5, 0), [], /are already due/],
  ['an older token has expired', life(-1, -12), life(-0.5, -1), [older], older],
]

for (const [about, before, after, warnings, cause] of failures) {
  t.test(`the Secret was not renewed: ${about}`, async t =>
    t.match(whyNotRenewed(before, after, { nowMs, refreshBeforeMs, warnings }), cause),
  )
}
