import type { X509Certificate } from 'node:crypto'
import { formatTime } from '@ecr-anywhere/shared/time.ts'

/** When a certificate is valid, in milliseconds since the epoch. */
export interface Validity {
  notBeforeMs: number
  notAfterMs: number
}

export function validityOf({ validFromDate, validToDate }: X509Certificate): Validity {
  return { notBeforeMs: validFromDate.getTime(), notAfterMs: validToDate.getTime() }
}

/** Why a certificate is not valid at this time, as text to follow `a certificate that`; undefined if it is valid. */
export function whyNotValid({ notBeforeMs, notAfterMs }: Validity, nowMs: number): string | undefined {
  if (nowMs < notBeforeMs) return `is not valid before ${formatTime(notBeforeMs)}`
  return nowMs < notAfterMs ? undefined : `expired at ${formatTime(notAfterMs)}`
}
