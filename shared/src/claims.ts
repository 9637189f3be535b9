import * as z from 'zod'

/** The claims of an identity token that AWS looks at. Those that are absent or have another type are undefined. */
export interface Claims {
  iss?: string | undefined
  sub?: string | undefined
  aud: string[]
  /** The party that the token was issued to. */
  azp?: string | undefined
  /** Seconds since the epoch. */
  iat?: number | undefined
  exp?: number | undefined
}

const text = z.string().optional().catch(undefined)
const seconds = z.number().optional().catch(undefined)
const payload = z.object({
  iss: text,
  sub: text,
  aud: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
  azp: text,
  iat: seconds,
  exp: seconds,
})

/**
 * Decodes the claims of a JWT for display. The signature is not verified: AWS does that.
 *
 * @returns undefined if the text is not a JWT
 */
export function decodeClaims(token: string): Claims | undefined {
  const [, claims = '', signature] = token.trim().split('.')
  const found = payload.safeParse(signature === undefined ? undefined : parsed(claims)).data
  return found && { ...found, aud: [found.aud ?? []].flat() }
}

/** For example `iss "https://accounts.google.com", sub "1234", aud "https://example.com", azp "ci@p.iam.gserviceaccount.com"`. */
export function describeClaims({ iss, sub, aud, azp }: Claims): string {
  const shown = [
    ['iss', iss],
    ['sub', sub],
    ['aud', aud.length === 1 ? aud[0] : aud],
    ['azp', azp],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${shortened(value)}`]))
  return shown.join(', ')
}

/**
 * The condition keys of a trust policy, with the values that AWS reads from these claims: `aud` is the token's `azp` if it has one, and
 * `oaud` is its `aud`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
export function conditionsOf(claims: Claims): [key: string, value: string][] {
  const issuer = issuerName(claims)
  const { sub, aud, azp } = claims
  const audience = aud.join(' ')
  const all: [name: string, value: string | undefined][] =
    azp === undefined
      ? [['aud', audience]]
      : [
          ['aud', azp],
          ['oaud', audience],
        ]
  return [...all, ['sub', sub] as const].flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[`${issuer}:${name}`, value]],
  )
}

/** The federated principal of a trust policy. AWS has Google's issuer built in: an account needs no OIDC provider for it. */
export function federatedPrincipal(claims: Claims, roleArn: string): string {
  const issuer = issuerName(claims)
  const [, partition, , , account] = roleArn.split(':')
  return isBuiltIn(claims) ? issuer : `arn:${partition}:iam::${account}:oidc-provider/${issuer}`
}

export function isBuiltIn({ iss }: Claims): boolean {
  return iss === 'https://accounts.google.com'
}

/** As in condition keys and in the ARN of an OIDC provider: without the scheme. */
function issuerName({ iss = '' }: Claims): string {
  return iss.replace(/^https:\/\//, '')
}

function parsed(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** A claim can have any length. */
const maxLength = 200

function shortened(value: string | readonly string[]): string {
  const json = JSON.stringify(value)
  return json.length <= maxLength ? json : `${json.slice(0, maxLength - 1)}…`
}
