import { Fault } from './fault.ts'

/** Credentials for all registries of one region that the principal may read. */
export interface Token {
  username: string
  password: string
  expiresAtMs: number
}

/**
 * Decodes the response of GetAuthorizationToken: base64 of `AWS:password`, and the expiry.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_AuthorizationData.html
 *
 * @throws Fault `transient` if either is missing or cannot be decoded. The text itself is never quoted
 */
export function decodeToken({
  authorizationToken,
  expiresAt,
  from = 'GetAuthorizationToken',
}: {
  authorizationToken?: string | undefined
  expiresAt?: Date | undefined
  /** The name of the call, for the error message. */
  from?: string
}): Token {
  // Split as bytes, because V8 represents a part of a longer string as a slice, for which JSON.stringify is slow on every admission.
  const bytes = Buffer.from(authorizationToken ?? '', 'base64')
  const colon = bytes.indexOf(':')
  const username = bytes.toString('utf8', 0, Math.max(colon, 0))
  const password = bytes.toString('utf8', colon + 1)
  const expiresAtMs = expiresAt?.getTime() ?? Number.NaN
  if (!username || !password || Number.isNaN(expiresAtMs)) {
    throw new Fault('transient', {
      code: 'MalformedResponse',
      found: `an answer of ${from} without a readable token and expiry`,
      wanted: 'base64 of "AWS:password", and expiresAt',
      todo: 'Is something between this program and AWS changing answers (a proxy, AWS_ENDPOINT_URL)?',
    })
  }
  return { username, password, expiresAtMs }
}

/** The lifetime that AWS documents: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
export const tokenLifeMs = 12 * 3_600_000
/** The maximum time until an expiry, by this machine's clock, which may be some minutes off. The admission rule uses the same figure. */
export const maxAheadMs = tokenLifeMs + 10 * 60_000

/**
 * Limits a token's expiry to plausible values: one that is too far ahead is treated as 12 h from now, and no token expires after `untilMs`,
 * when the session that requested it expires. Without this limit, a wrong answer could create a Secret that is never due.
 */
export function believed(token: Token, { nowMs, untilMs }: { nowMs: number; untilMs: number }): Token {
  const plausibleMs = token.expiresAtMs > nowMs + maxAheadMs ? nowMs + tokenLifeMs : token.expiresAtMs
  return { ...token, expiresAtMs: Math.min(plausibleMs, untilMs) }
}
