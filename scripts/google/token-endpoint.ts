import { type Handler, readBody } from '../aws/exchange.ts'
import { type AccessTokens, accessTokenLifeSeconds } from './access-tokens.ts'
import type { Accounts } from './accounts.ts'
import { cloudPlatform } from './apis.ts'
import { exchangeJwt } from './exchange-jwt.ts'
import type { Keys } from './keys.ts'
import type { Logins } from './logins.ts'
import { type ServeWorld, serve } from './serve.ts'
import { TokenError, tokenAnswer, tokenErrorAnswer, tokenFault } from './token-error.ts'

export interface TokenWorld extends ServeWorld {
  accounts: Accounts
  keys: Keys
  tokens: AccessTokens
  logins: Logins
  nowMs: () => number
  onSecret: (secret: string) => void
}

export const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/**
 * Google's token endpoint: a signed JWT, or the login of a person, for an access token or an identity token.
 * Source: https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 */
export function tokenEndpoint(world: TokenWorld): Handler {
  return async (request, response) => {
    const nowMs = world.nowMs()
    const form = Object.fromEntries(new URLSearchParams((await readBody(request)).toString()))
    const { grant_type: grantType = '' } = form
    const { method: http = '', url: path = '' } = request
    await serve(response, world, {
      call: { api: 'oauth2', method: grantType.split(':').at(-1) ?? '', http, path, query: '', at: new Date(nowMs).toISOString() },
      produce() {
        try {
          return tokenAnswer(200, exchange(world, form, { nowMs, host: request.headers.host ?? '' }))
        } catch (error) {
          if (error instanceof TokenError) return tokenErrorAnswer(error)
          throw error
        }
      },
      refuse: tokenFault,
    })
  }
}

function exchange(world: TokenWorld, form: Record<string, string>, { nowMs, host }: { nowMs: number; host: string }): object {
  const { grant_type: grantType, assertion = '' } = form
  if (grantType === undefined) throw new TokenError('invalid_request', 'Required parameter is missing: grant_type')
  if (grantType === jwtBearer) return exchangeJwt(world, assertion, { nowMs, host })
  if (grantType === 'refresh_token') return refresh(world, form, nowMs)
  throw new TokenError('unsupported_grant_type', `Invalid grant_type: ${grantType}`)
}

function refresh({ logins, tokens }: TokenWorld, form: Record<string, string>, nowMs: number): object {
  const { refresh_token: refreshToken = '', client_id: clientId, client_secret: clientSecret } = form
  const login = logins.find(refreshToken)
  if (!login) throw new TokenError('invalid_grant', 'Bad Request')
  if (login.clientId !== clientId || login.clientSecret !== clientSecret)
    throw new TokenError('invalid_client', 'The OAuth client was not found.', 401)
  const scopes = [cloudPlatform, 'openid', 'https://www.googleapis.com/auth/userinfo.email']
  const access_token = tokens.issue({ email: login.email, scopes, expiresAtMs: nowMs + accessTokenLifeSeconds * 1000 })
  return { access_token, expires_in: accessTokenLifeSeconds, scope: scopes.join(' '), token_type: 'Bearer' }
}
