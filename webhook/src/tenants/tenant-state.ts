import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import { isRefusal } from '@ecr-anywhere/shared/refusal.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { minLeftMs, type TokenKey } from '../tokens/tokens.ts'

/**
 * Can this tenant's Secrets be filled now?
 * `pending`: AWS has not answered yet. `failed`: `code` and `cause` are AWS's code and the sentence that says what to do; with `definitive`
 * no retry helps until somebody changes something.
 */
export type TenantState = { state: 'ok' } | { state: 'pending' } | { state: 'failed'; code: string; cause: string; definitive: boolean }

export interface TenantStateParts {
  /** What AWS said of the tenant's identity. */
  principal: { arn?: string; error?: unknown } | undefined
  /** Those of other tenants are passed over, and so are those that are not watched: what one Secret asks for is no matter of the tenant. */
  tokens: Iterable<{ key: TokenKey; cached?: { value: Token }; error?: unknown; watched: boolean }>
  nowMs: number
}

/** Judges one tenant by its principal and by the tokens of its own regions, which the webhook asks for when it starts. */
export function tenantState({ name, registries }: Pick<Tenant, 'name' | 'registries'>, parts: TenantStateParts): TenantState {
  const { principal, nowMs } = parts
  const tokens = [...parts.tokens].filter(({ key, watched }) => watched && key.tenant === name)
  const isUsable = ({ cached }: (typeof tokens)[number]) => cached !== undefined && cached.value.expiresAtMs - nowMs > minLeftMs
  // Without registries a Secret gets the principal's own, so AWS must have said who that is.
  const asksWho = registries === undefined
  const errors = [
    ...(principal?.error !== undefined && (asksWho || isOfSettings(principal.error)) ? [principal.error] : []),
    // A cached token serves through an outage, but not for long where AWS refuses for good.
    ...tokens.filter(one => one.error !== undefined && (!isUsable(one) || isFinal(one.error))).map(one => one.error),
  ]
  if (errors.length > 0) return failed(errors.find(isFinal) ?? errors[0])
  const isKnown = !asksWho || principal?.arn !== undefined
  return isKnown && tokens.length > 0 && tokens.every(isUsable) ? { state: 'ok' } : { state: 'pending' }
}

function failed(error: unknown): TenantState {
  return { state: 'failed', code: error instanceof Fault ? error.code : 'error', cause: sentence(error), definitive: isFinal(error) }
}

function isFinal(error: unknown): boolean {
  return isOfSettings(error) || (error instanceof Fault && isRefusal(error.code))
}

/** A tenant that is refused for its settings, such as one that shares its principal, gets no token from us, whatever AWS says. */
function isOfSettings(error: unknown): boolean {
  return error instanceof Fault && error.kind === 'settings'
}
