import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { type Held, type Memo, type MemoWorld, memo, type Stage } from '@ecr-anywhere/shared/memo.ts'
import { regionOf, type Scope, scopeId } from '@ecr-anywhere/shared/scope.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'

/** Whose token, for which registries. Nothing is shared between tenants. */
export interface TokenKey {
  tenant: string
  scope: Scope
}

/** A token with less than this left is not handed out: a pull may take minutes. */
export const minLeftMs = 5 * 60_000
/** Replicas that started together renew at different times: the maximum age ± this part of it. */
const ageJitter = 0.1

export interface TokensOptions extends Pick<MemoWorld<TokenKey, Token>, 'nowMs' | 'random' | 'sleep'> {
  /** The one effect: asks AWS. */
  fetch: (key: TokenKey) => Promise<Token>
  maxAgeMs: number
  refreshBeforeMs: number
}

/** Tokens in memory: one AWS call serves every Secret of a tenant and region. */
export function tokens({ fetch, maxAgeMs, refreshBeforeMs, ...world }: TokensOptions): Memo<TokenKey, Token> {
  return memo<TokenKey, Token>({
    ...world,
    id: ({ tenant, scope }) => `${tenant}/${scopeId(scope)}`,
    load: fetch,
    stage: (held, nowMs) => stageOf(held, { nowMs, maxAgeMs, refreshBeforeMs }),
    tooLate: ({ tenant, scope }, limitMs) =>
      new Fault('passing', {
        code: 'Timeout',
        found: `no token from ECR in ${regionOf(scope)} for tenant ${tenant} within ${Math.round(limitMs)} ms`,
        wanted: 'an answer',
        todo: "Can the webhook's pods reach AWS (network policy, proxy, DNS)?",
      }),
  })
}

/**
 * A token is fresh up to its maximum age, but no longer than half of its life, for AWS may give shorter ones; then it ages, wanes once
 * a Secret with it would be due at once, and is spent five minutes before its end.
 */
export function stageOf(
  { value, loadedAtMs, jitter }: Held<Token>,
  { nowMs, maxAgeMs, refreshBeforeMs }: { nowMs: number; maxAgeMs: number; refreshBeforeMs: number },
): Stage {
  const leftMs = value.expiresAtMs - nowMs
  const ageMs = nowMs - loadedAtMs
  const renewAtMs = Math.min(maxAgeMs * (1 + ageJitter * (2 * jitter - 1)), (value.expiresAtMs - loadedAtMs) / 2)
  if (ageMs < renewAtMs) return 'fresh'
  if (leftMs <= minLeftMs) return 'spent'
  return leftMs > refreshBeforeMs ? 'ageing' : 'waning'
}
