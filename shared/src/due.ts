import { parseTime } from './time.ts'

/**
 * Is it time to renew a Secret? Yes if less than `refreshBeforeMs` is left until it expires, or less than half of its life if that is
 * shorter: a token of one hour would otherwise be due the moment it is written, and every refresh of it would fail.
 *
 * @param expiresAt RFC 3339; a Secret whose expiry cannot be read is due
 * @param updatedAt RFC 3339: when its life began. If it cannot be read or is not before `expiresAt`, `refreshBeforeMs` alone decides
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
