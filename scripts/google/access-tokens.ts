import { randomBytes } from 'node:crypto'

/** Life of an access token: Google answers with 3599 seconds, because the first has begun. */
export const accessTokenLifeSeconds = 3599

/** What an access token is worth. */
export interface Grant {
  email: string
  scopes: readonly string[]
  /** Milliseconds since the epoch. */
  expiresAtMs: number
}

export interface AccessTokens {
  /** A new token: 1024 bits of it are random, about the length of Google's. */
  issue(grant: Grant): string
  /** Undefined if this emulator did not issue it. */
  find(token: string): Grant | undefined
}

/** Remembers the access tokens that it issues, also those that have expired: they are refused by another name. */
export function createAccessTokens(onSecret: (secret: string) => void): AccessTokens {
  const grants = new Map<string, Grant>()
  return {
    issue(grant) {
      const token = `ya29.c.${randomBytes(128).toString('base64url')}`
      grants.set(token, grant)
      onSecret(token)
      return token
    },
    find: token => grants.get(token),
  }
}
