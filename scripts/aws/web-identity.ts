import { issuer } from '../google/identity-token.ts'
import { AwsError } from './aws-error.ts'
import type { Role } from './principals.ts'

/** The claims of a web identity token that AWS looks at. */
export interface Claims {
  iss: string
  sub: string
  aud: string[]
  /** The account that a token of Google's was made for. */
  azp?: string
}

/**
 * Decodes a JWT. Its signature is not verified: the issuers of tests and demos have no address that AWS could ask for keys.
 *
 * @param nowMs milliseconds since the epoch, for the claim `exp`
 * @throws AwsError `invalid-identity-token`, `expired-identity-token`
 */
export function readWebIdentity(token: string, nowMs: number): Claims {
  const { iss, sub, aud, exp, azp } = payload(token)
  for (const [name, value] of Object.entries({ iss, sub, aud, exp })) {
    if (value === undefined) throw invalidToken(`Missing a required claim: ${name}`)
  }
  const now = Math.floor(nowMs / 1000)
  if (!(Number(exp) > now)) {
    throw new AwsError('expired-identity-token', `Token expired: current date/time ${now} must be before the expiration date/time ${exp}`)
  }
  return { iss: String(iss), sub: String(sub), aud: [aud].flat().map(String), ...(azp !== undefined && { azp: String(azp) }) }
}

/**
 * Compares a token's claims with what the role expects.
 *
 * @throws AwsError `invalid-identity-token` for the issuer and the audience, which AWS's OIDC provider checks; `access-denied` for
 *   the subject, which the trust policy does; `idp-rejected-claim`
 */
export function checkWebIdentity({ iss, sub, aud, oaud, isTokenRevoked = false }: Role, claims: Claims): void {
  if (isTokenRevoked) throw new AwsError('idp-rejected-claim', 'The identity provider reported that authentication failed')
  if (iss !== undefined && iss !== claims.iss) throw invalidToken(`No OpenIDConnect provider found in your account for ${claims.iss}`)
  if (aud !== undefined && !audiences(claims).includes(aud)) throw invalidToken('Incorrect token audience')
  if (oaud !== undefined && !claims.aud.includes(oaud)) throw refused()
  if (sub !== undefined && sub !== claims.sub) throw refused()
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html: accounts.google.com:aud is azp, if there is one */
function audiences({ iss, aud, azp }: Claims): string[] {
  return iss === issuer && azp !== undefined ? [azp] : aud
}

function refused(): AwsError {
  return new AwsError('access-denied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity')
}

function payload(token: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    if (typeof claims === 'object' && claims !== null && token.split('.').length === 3) return { ...claims }
  } catch {
    // Text that is no JSON is refused just as JSON that is no object.
  }
  throw invalidToken('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)')
}

function invalidToken(message: string): AwsError {
  return new AwsError('invalid-identity-token', message)
}
