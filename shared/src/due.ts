import { parseTime } from './time.ts'

/** Is it time to renew? Less than `refreshBeforeMs` is left, or nobody can read how much (design §1). */
export function isDue({
  expiresAt,
  nowMs,
  refreshBeforeMs,
}: {
  expiresAt: string | undefined
  nowMs: number
  refreshBeforeMs: number
}): boolean {
  const expiresAtMs = parseTime(expiresAt)
  return expiresAtMs === undefined || expiresAtMs - nowMs < refreshBeforeMs
}
