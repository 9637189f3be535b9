import { Fault } from './fault.ts'

/** Credentials for every registry of one region that the principal may read. */
export interface Token {
  username: string
  password: string
  expiresAtMs: number
}

/**
 * Reads what GetAuthorizationToken returned: base64 of `AWS:password`, and when it ends.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_AuthorizationData.html
 *
 * @throws Fault `passing` if either is missing or unreadable; the text itself is never quoted
 */
export function decodeToken({
  authorizationToken,
  expiresAt,
}: {
  authorizationToken?: string | undefined
  expiresAt?: Date | undefined
}): Token {
  const [username, ...rest] = Buffer.from(authorizationToken ?? '', 'base64')
    .toString('utf8')
    .split(':')
  const password = rest.join(':')
  const expiresAtMs = expiresAt?.getTime() ?? Number.NaN
  if (!username || !password || Number.isNaN(expiresAtMs)) {
    throw new Fault('passing', {
      code: 'MalformedResponse',
      found: 'an answer of GetAuthorizationToken without a readable token and expiry',
      wanted: 'base64 of "AWS:password", and expiresAt',
      todo: 'Is something between the webhook and AWS changing answers (a proxy, AWS_ENDPOINT_URL)?',
    })
  }
  return { username, password, expiresAtMs }
}
