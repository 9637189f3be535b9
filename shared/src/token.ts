import { Fault } from './fault.ts'

/** Credentials for every registry of one region that the principal may read. */
export interface Token {
  username: string
  password: string
  expiresAtMs: number
}

/**
 * Reads what GetAuthorizationToken returned: base64 of `AWS:password`, and when it expires.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_AuthorizationData.html
 *
 * @throws Fault `transient` if either is missing or unreadable; the text itself is never quoted
 */
export function decodeToken({
  authorizationToken,
  expiresAt,
  from = 'GetAuthorizationToken',
}: {
  authorizationToken?: string | undefined
  expiresAt?: Date | undefined
  /** Which call it was, for the sentence. */
  from?: string
}): Token {
  // Cut as bytes: a part of a longer text is a slice to V8, at which JSON.stringify takes its slow way, on every admission.
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
      todo: 'Is something between the webhook and AWS changing answers (a proxy, AWS_ENDPOINT_URL)?',
    })
  }
  return { username, password, expiresAtMs }
}

/** AWS's own: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
export const tokenLifeMs = 12 * 3_600_000
/** So far ahead a moment of AWS's may be by this machine's clock, which may be some minutes off; the admission rule has the same figure. */
export const maxAheadMs = tokenLifeMs + 10 * 60_000

/**
 * A token whose expiry can be relied on: one that is further ahead than a token lives is taken as 12 h from now, and `untilMs`, where the
 * session that asked expires, is the latest. Without this a wrong answer would make a Secret that is never due.
 */
export function believed(token: Token, { nowMs, untilMs }: { nowMs: number; untilMs: number }): Token {
  const saidMs = token.expiresAtMs > nowMs + maxAheadMs ? nowMs + tokenLifeMs : token.expiresAtMs
  return { ...token, expiresAtMs: Math.min(saidMs, untilMs) }
}
