import { parseTime } from './time.ts'

/**
 * Whether a Secret is due: less than `refreshBeforeMs` is left until it expires, or less than half of its lifetime if that is shorter.
 * Without the second rule, a token with a lifetime of one hour would be due as soon as it is written, and every refresh of it would fail.
 *
 * @param expiresAt RFC 3339; a Secret whose expiry cannot be parsed is due
 * @param updatedAt RFC 3339: when its lifetime began. If it cannot be parsed or is not before `expiresAt`, only `refreshBeforeMs` counts
 */
export function isDue({ nowMs, ...secret }: SecretLife & { nowMs: number }): boolean {
  const atMs = dueAtMs(secret)
  return atMs === undefined || nowMs > atMs
}

export interface SecretLife {
  expiresAt: string | undefined
  updatedAt: string | undefined
  refreshBeforeMs: number
}

/** @returns the time after which a Secret is due, in milliseconds since the epoch; undefined if its expiry cannot be parsed */
export function dueAtMs({ expiresAt, updatedAt, refreshBeforeMs }: SecretLife): number | undefined {
  const expiresAtMs = parseTime(expiresAt)
  if (expiresAtMs === undefined) return undefined
  const lifeMs = lifetimeMs({ expiresAt, updatedAt })
  return expiresAtMs - (lifeMs === undefined ? refreshBeforeMs : Math.min(refreshBeforeMs, lifeMs / 2))
}

/** @returns from `updatedAt` to `expiresAt` in milliseconds; undefined if they cannot be parsed, or if the lifetime does not begin before its end */
export function lifetimeMs({ expiresAt, updatedAt }: Pick<SecretLife, 'expiresAt' | 'updatedAt'>): number | undefined {
  const [fromMs, untilMs] = [parseTime(updatedAt), parseTime(expiresAt)]
  return fromMs === undefined || untilMs === undefined || fromMs >= untilMs ? undefined : untilMs - fromMs
}
