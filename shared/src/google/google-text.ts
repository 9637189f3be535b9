import * as z from 'zod'

/** OAuth: https://datatracker.ietf.org/doc/html/rfc6749#section-5.2 */
const oauthError = z.object({ error: z.string(), error_description: z.string().optional() })
/** All other APIs: https://cloud.google.com/apis/design/errors#http_mapping */
const apiError = z.object({ error: z.object({ status: z.string().optional(), message: z.string().optional() }) })

/**
 * The code and the text of an error from Google, in either of its formats.
 *
 * @returns a code such as `invalid_grant` or `PERMISSION_DENIED`, and the text on one line, short, without anything that may be a token
 */
export function googleText(body: unknown): { code: string | undefined; text: string | undefined } {
  const oauth = oauthError.safeParse(body).data
  if (oauth !== undefined) return { code: oauth.error, text: shown(oauth.error_description) }
  const error = apiError.safeParse(body).data?.error
  return { code: error?.status, text: shown(error?.message) }
}

/** As for messages of the API server: an Event and a termination message are limited. */
const maxLength = 600

/** JWTs begin with `eyJ` (`{"` in base64), access tokens with `ya29.`, refresh tokens with `1//`. */
const tokens = /(?:eyJ|ya29\.|1\/\/)[\w./~+-]+/g

function shown(text: string | undefined): string | undefined {
  const line = text?.replace(/\s+/g, ' ').trim().replace(tokens, '…')
  return line === undefined || line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`
}
