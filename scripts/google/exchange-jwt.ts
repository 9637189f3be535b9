import { type AccessTokens, accessTokenLifeSeconds } from './access-tokens.ts'
import type { Accounts } from './accounts.ts'
import { mintIdentityToken } from './identity-token.ts'
import { decodeJwt } from './jwt.ts'
import type { Keys } from './keys.ts'
import { TokenError } from './token-error.ts'

/** The longest life of a JWT that is exchanged, and how far the clock of its maker may be ahead. */
export const maxJwtSeconds = 3600
export const maxSkewSeconds = 300

/** The audiences that Google takes; a host that clients were redirected to is one too. */
const audiences = [
  'https://oauth2.googleapis.com/token',
  'https://www.googleapis.com/oauth2/v4/token',
  'https://accounts.google.com/o/oauth2/token',
]

interface JwtWorld {
  accounts: Accounts
  keys: Keys
  tokens: AccessTokens
  onSecret: (secret: string) => void
}

/**
 * Exchanges a JWT that a service account signed for an identity token, if it claims a `target_audience`, or for an access token.
 * Source: https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
 *
 * @param nowMs milliseconds since the epoch
 * @param host the host and port that the client called
 * @throws TokenError `invalid_grant`, `invalid_scope`, `invalid_request`
 */
export function exchangeJwt(world: JwtWorld, assertion: string, { nowMs, host }: { nowMs: number; host: string }): object {
  if (assertion === '') throw new TokenError('invalid_request', 'Required parameter is missing: assertion')
  const jwt = decodeJwt(assertion)
  if (!jwt) throw new TokenError('invalid_grant', 'Bad Request')
  const { iss, aud, scope, target_audience: targetAudience } = jwt.claims
  const account = world.accounts.find(String(iss))
  if (!account) throw new TokenError('invalid_grant', 'Invalid grant: account not found')
  const key = world.keys.of(account.email)
  if ((jwt.keyId !== undefined && jwt.keyId !== key.keyId) || !jwt.isSignedBy(key))
    throw new TokenError('invalid_grant', 'Invalid JWT Signature.')
  if (!isAudience(aud, host)) throw new TokenError('invalid_grant', 'Invalid JWT: Failed audience check.')
  checkTimes(jwt.claims, nowMs)
  const scopes = typeof scope === 'string' ? scope.split(' ').filter(Boolean) : []
  if (scopes.length > 0 === (targetAudience !== undefined))
    throw new TokenError('invalid_scope', 'Invalid OAuth scope or ID token audience provided.')
  const { email, uniqueId } = account
  if (targetAudience === undefined) {
    const access_token = world.tokens.issue({ email, scopes, expiresAtMs: nowMs + accessTokenLifeSeconds * 1000 })
    return { access_token, expires_in: accessTokenLifeSeconds, token_type: 'Bearer' }
  }
  const identity = { audience: String(targetAudience), uniqueId, email, azp: email }
  const id_token = mintIdentityToken(identity, { nowMs, key: world.keys.google() })
  world.onSecret(id_token)
  return { id_token }
}

function isAudience(aud: unknown, host: string): boolean {
  return typeof aud === 'string' && (audiences.includes(aud) || /^https?:\/\/([^/]+)\/(?:oauth2\/v4\/)?token$/.exec(aud)?.[1] === host)
}

function checkTimes({ iat, exp }: Record<string, unknown>, nowMs: number): void {
  const now = Math.floor(nowMs / 1000)
  const [issued, expires] = [Number(iat), Number(exp)]
  const isTimely = issued <= now + maxSkewSeconds && expires > now && expires - issued <= maxJwtSeconds
  if (isTimely) return
  throw new TokenError(
    'invalid_grant',
    'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
  )
}
