import { type Cache, type Cached, type CacheWorld, cache, type Stage } from '@ecr-anywhere/shared/cache.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { regionOf, type Scope, scopeId } from '@ecr-anywhere/shared/scope.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { type Credentials, encoded } from '../secret-kinds/secret-kind.ts'

/** Whose token, for which registries. Nothing is shared between tenants. */
export interface TokenKey {
  tenant: string
  scope: Scope
}

/** A token with less than this left is not handed out: a pull may take minutes. */
export const minLeftMs = 5 * 60_000
/** Replicas that started together renew at different times: the maximum age ± this part of it. */
const ageJitter = 0.1

export interface TokensOptions extends Pick<CacheWorld<TokenKey, Token>, 'nowMs' | 'random' | 'sleep'> {
  /** The one effect: asks AWS. */
  ask: (key: TokenKey) => Promise<Token>
  maxAgeMs: number
  refreshBeforeMs: number
}

/** Tokens in memory: one AWS call serves every Secret of a tenant and region. */
export function tokens({ ask, maxAgeMs, refreshBeforeMs, ...world }: TokensOptions): Cache<TokenKey, Token> {
  return cache<TokenKey, Token>({
    ...world,
    id: ({ tenant, scope }) => `${tenant}/${scopeId(scope)}`,
    load: async key => prepared(await ask(key)),
    stage: (cached, nowMs) => stageOf(cached, { nowMs, maxAgeMs, refreshBeforeMs }),
    tooLate: ({ tenant, scope }, limitMs) =>
      new Fault('transient', {
        code: 'Timeout',
        found: `no token from ECR in ${regionOf(scope)} for tenant ${tenant} within ${Math.round(limitMs)} ms`,
        wanted: 'an answer',
        todo: "Can the webhook's pods reach AWS (network policy, proxy, DNS)?",
      }),
  })
}

function prepared(token: Token): Token & Pick<Credentials, 'prepared'> {
  return { ...token, prepared: { auth: encoded(`${token.username}:${token.password}`), contents: new Map() } }
}

/** Set back by less, a clock is being corrected; by more, it was wrong when the token came, or is wrong now. */
const clockToleranceMs = 60_000

/**
 * A token is fresh up to its maximum age, but no longer than half of its life, for AWS may give shorter ones; then it ages, wanes once a
 * Secret with it would be due at once (less than `refreshBeforeMs`, or than half of its life, is left), and is spent five minutes before it
 * expires. One that comes from the future, because the clock was set back, wanes too: nobody knows how old it is.
 */
export function stageOf(
  { value, loadedAtMs, jitter }: Cached<Token>,
  { nowMs, maxAgeMs, refreshBeforeMs }: { nowMs: number; maxAgeMs: number; refreshBeforeMs: number },
): Stage {
  const leftMs = value.expiresAtMs - nowMs
  const ageMs = nowMs - loadedAtMs
  const halfLifeMs = (value.expiresAtMs - loadedAtMs) / 2
  if (ageMs < -clockToleranceMs) return 'waning'
  if (ageMs < Math.min(maxAgeMs * (1 + ageJitter * (2 * jitter - 1)), halfLifeMs)) return 'fresh'
  if (leftMs <= minLeftMs) return 'spent'
  return leftMs > Math.min(refreshBeforeMs, halfLifeMs) ? 'ageing' : 'waning'
}
