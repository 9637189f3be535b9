import { parseTime } from './time.ts'

/**
 * Whether a Secret is due: less than `refreshBeforeMs` is left until it expires, or less than half of its lifetime if that is shorter.
 * Without the second rule, a token with a lifetime of one hour would be due as soon as it is written, and every refresh of it would fail.
 *
 * @param expiresAt RFC 3339; a Secret whose expiry cannot be parsed is due
 * @param updatedAt RFC 3339: when its lifetime began. If it cannot be parsed or is not before `expiresAt`, only `refreshBeforeMs` counts
 */
export function isDue({
  expiresAt,
  updatedAt,
  nowMs,
  refreshBeforeMs,
}: {
  expiresAt: string | undefined
  updatedAt: string | undefined
  nowMs: number
  refreshBeforeMs: number
}): boolean {
  const expiresAtMs = parseTime(expiresAt)
  if (expiresAtMs === undefined) return true
  const lifeMs = expiresAtMs - (parseTime(updatedAt) ?? expiresAtMs)
  return expiresAtMs - nowMs < (lifeMs > 0 ? Math.min(refreshBeforeMs, lifeMs / 2) : refreshBeforeMs)
}
