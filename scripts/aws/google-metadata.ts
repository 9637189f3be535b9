import { mintIdentityToken } from '../google/identity-token.ts'
import type { Handler } from './exchange.ts'
import { type MetadataWorld, metadataService, text } from './metadata.ts'

const identityPath = '/computeMetadata/v1/instance/service-accounts/default/identity'

/**
 * Google's metadata server, of which only identity tokens are asked; `scripts/google/` emulates all of it. The emulator's STS verifies no
 * signature, so nobody signed the tokens.
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
    return text(200, mintIdentityToken({ audience, azp: google.uniqueId, ...google }, { nowMs: world.nowMs() }))
  })
}
