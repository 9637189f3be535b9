import { encodeJwt, type SigningKey } from './jwt.ts'

/** Google's issuer, which AWS knows without an OIDC provider of the account. */
export const issuer = 'https://accounts.google.com'

/** Life of an identity token of Google. */
export const identityTokenLifeSeconds = 3600

/** Whom an identity token names, and for whom it is. */
export interface Identity {
  audience: string
  /** The numeric id of a service account, 21 digits: the claim `sub`. */
  uniqueId: string
  /** Left out by generateIdToken unless it is asked for. */
  email?: string
  /** The numeric id in a token of the metadata server, the email in a token that was exchanged for a signed JWT. */
  azp: string
}

/**
 * Mints an identity token with the claims that Google writes.
 * Source: https://cloud.google.com/docs/authentication/token-types#id-contents
 *
 * @param nowMs milliseconds since the epoch, for the claims `iat` and `exp`
 * @param key signs the token; without a key nobody can verify its signature
 */
export function mintIdentityToken({ audience, uniqueId, email, azp }: Identity, { nowMs, key }: { nowMs: number; key?: SigningKey }) {
  const iat = Math.floor(nowMs / 1000)
  const named = email === undefined ? {} : { email, email_verified: true }
  return encodeJwt({ aud: audience, azp, ...named, iss: issuer, sub: uniqueId, iat, exp: iat + identityTokenLifeSeconds }, key)
}
