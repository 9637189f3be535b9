import type { AccessTokens, Grant } from './access-tokens.ts'
import type { Accounts } from './accounts.ts'
import { cloudPlatform } from './apis.ts'
import { decodeJwt } from './jwt.ts'
import type { Keys } from './keys.ts'

/**
 * What a bearer token is worth: an access token that the emulator issued, or a JWT that a service account signed for one API or for scopes.
 * Clients of Google send the latter with a key file, because it needs no token endpoint.
 * Source: https://google.aip.dev/auth/4111
 *
 * @param service `secretmanager.googleapis.com`
 * @returns also what has expired; undefined for anything else
 */
export function findGrant(
  { accounts, keys, tokens }: { accounts: Accounts; keys: Keys; tokens: AccessTokens },
  { token, service }: { token: string; service: string },
): Grant | undefined {
  const jwt = decodeJwt(token)
  if (!jwt) return tokens.find(token)
  const { iss, sub, aud, scope, exp } = jwt.claims
  const account = iss === sub ? accounts.find(String(iss)) : undefined
  if (!account || !jwt.isSignedBy(keys.of(account.email))) return undefined
  const scopes = aud === `https://${service}/` ? [cloudPlatform] : String(scope ?? '').split(' ')
  return { email: account.email, scopes, expiresAtMs: Number(exp) * 1000 }
}
