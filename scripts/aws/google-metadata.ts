import { randomBytes } from 'node:crypto'
import type { Handler } from './exchange.ts'
import { type MetadataWorld, metadataService, text } from './metadata.ts'

const identityPath = '/computeMetadata/v1/instance/service-accounts/default/identity'
const lifeSeconds = 3600

/**
 * Google's metadata server, of which only identity tokens are asked. The emulator's STS verifies no signature, so nobody signed them.
 * Source: https://cloud.google.com/compute/docs/instances/verifying-instance-identity
 */
export function googleMetadata(world: MetadataWorld): Handler {
  return metadataService(world, 'google', ({ url = '', headers }) => {
    const { pathname, searchParams } = new URL(url, 'http://metadata.google.internal')
    const { google } = world.switches.machine
    const audience = searchParams.get('audience')
    if (headers['metadata-flavor'] !== 'Google' || headers['x-forwarded-for'] !== undefined) return text(403, 'Forbidden')
    if (pathname !== identityPath || google === undefined) return text(404, 'Not Found')
    if (!audience) return text(400, 'non-empty audience parameter required')
    const { uniqueId, email } = google
    const iat = Math.floor(world.nowMs() / 1000)
    return text(
      200,
      jwt({ aud: audience, azp: uniqueId, email, email_verified: true, iss: issuer, sub: uniqueId, iat, exp: iat + lifeSeconds }),
    )
  })
}

/** Google's issuer, which AWS knows without an OIDC provider of the account. */
export const issuer = 'https://accounts.google.com'

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return [part({ alg: 'RS256', kid: 'emulator', typ: 'JWT' }), part(claims), randomBytes(256).toString('base64url')].join('.')
}
