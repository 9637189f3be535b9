import { isDue, type SecretLife } from './due.ts'
import { parseTime } from './time.ts'

/** The states of a managed Secret that its annotations show, from the worst to the best. */
export const secretStates = ['NeverInjected', 'Expired', 'Due', 'Fresh'] as const
export type SecretState = (typeof secretStates)[number]

/**
 * The state of a managed Secret. `NeverInjected`: it has no `expires_at` that can be parsed, so nobody knows whether it holds credentials.
 *
 * @param expiresAt RFC 3339
 * @param updatedAt RFC 3339, as for `isDue`
 */
export function secretState(secret: SecretLife & { nowMs: number }): SecretState {
  const expiresAtMs = parseTime(secret.expiresAt)
  if (expiresAtMs === undefined) return 'NeverInjected'
  if (expiresAtMs <= secret.nowMs) return 'Expired'
  return isDue(secret) ? 'Due' : 'Fresh'
}
