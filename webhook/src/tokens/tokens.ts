import { type Cache, type Cached, type CacheWorld, cache, type Stage } from '@ecr-anywhere/shared/cache.ts'
import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { regionOf, type Scope, scopeId } from '@ecr-anywhere/shared/scope.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { type Credentials, encoded } from '../secret-kinds/secret-kind.ts'

/** The tenant and the registries of a token. Tokens are not shared between tenants. */
export interface TokenKey {
  tenant: string
  scope: Scope
}

/** A token that expires sooner than this is not injected, because a pull may take minutes. */
export const minLeftMs = 5 * 60_000
/** The maximum age varies by ± this fraction, so that replicas that started together renew at different times. */
const ageJitter = 0.1

export interface TokensOptions extends Pick<CacheWorld<TokenKey, Token>, 'nowMs' | 'random' | 'sleep'> {
  /** The only effect: requests a token from AWS. */
  ask: (key: TokenKey) => Promise<Token>
  maxAgeMs: number
  refreshBeforeMs: number
}

/** The cache of tokens. One AWS call serves all Secrets of a tenant and region. */
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
        todo: 'Can the webhook reach AWS (network policy, proxy, DNS)?',
      }),
  })
}

function prepared(token: Token): Token & Pick<Credentials, 'prepared'> {
  return { ...token, prepared: { auth: encoded(`${token.username}:${token.password}`), contents: new Map() } }
}

/** A clock that goes back by less is being corrected. If it goes back by more, it was wrong when the token was loaded, or is wrong now. */
const clockToleranceMs = 60_000

/**
 * A token is `fresh` up to its maximum age, but at most for half of its lifetime, because AWS may issue short tokens. Then it is `ageing`.
 * It is `waning` when a Secret with it would be due at once (less than `refreshBeforeMs` or half of its lifetime is left), and `spent` five
 * minutes before it expires. If the clock was set back to before the load, it is `waning`, because its age is not known.
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
