import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import { isRefusal } from '@ecr-anywhere/shared/refusal.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { minLeftMs, type TokenKey } from '../tokens/tokens.ts'

/**
 * Whether this tenant's Secrets can get credentials now.
 * `pending`: AWS has not answered yet. `failed`: `code` is the code of the error, and `cause` the message that says what to do. If it is
 * `definitive`, no retry helps until a setting, a policy or a key is changed.
 */
export type TenantState = { state: 'ok' } | { state: 'pending' } | { state: 'failed'; code: string; cause: string; definitive: boolean }

export interface TenantStateParts {
  /** What AWS reported about the tenant's identity. */
  principal: { arn?: string; error?: unknown } | undefined
  /** Tokens of other tenants are ignored, and so are those that are not watched: only single Secrets need them, not the whole tenant. */
  tokens: Iterable<{ key: TokenKey; cached?: { value: Token }; error?: unknown; watched: boolean }>
  nowMs: number
}

/** Determines the state from the tenant's principal and from the tokens of its own regions, which the webhook requests when it starts. */
export function tenantState({ name, registries }: Pick<Tenant, 'name' | 'registries'>, parts: TenantStateParts): TenantState {
  const { principal, nowMs } = parts
  const tokens = [...parts.tokens].filter(({ key, watched }) => watched && key.tenant === name)
  const isUsable = ({ cached }: (typeof tokens)[number]) => cached !== undefined && cached.value.expiresAtMs - nowMs > minLeftMs
  // A tenant without registries uses the registry of its principal, so the principal must be known.
  const needsPrincipal = registries === undefined
  const errors = [
    ...(principal?.error !== undefined && (needsPrincipal || isSettingsFault(principal.error)) ? [principal.error] : []),
    // A cached token bridges an outage. A definitive refusal is reported even while a token is cached.
    ...tokens.filter(one => one.error !== undefined && (!isUsable(one) || isDefinitive(one.error))).map(one => one.error),
  ]
  if (errors.length > 0) return failed(errors.find(isDefinitive) ?? errors[0])
  const isKnown = !needsPrincipal || principal?.arn !== undefined
  return isKnown && tokens.length > 0 && tokens.every(isUsable) ? { state: 'ok' } : { state: 'pending' }
}

function failed(error: unknown): TenantState {
  return { state: 'failed', code: error instanceof Fault ? error.code : 'error', cause: sentence(error), definitive: isDefinitive(error) }
}

function isDefinitive(error: unknown): boolean {
  return isSettingsFault(error) || (error instanceof Fault && isRefusal(error.code))
}

/** A tenant that is refused because of its settings, such as a shared principal, gets no token, whatever AWS answers. */
function isSettingsFault(error: unknown): boolean {
  return error instanceof Fault && error.kind === 'settings'
}
