import { createHash, generateKeyPairSync } from 'node:crypto'
import { type Handler, send } from '../aws/exchange.ts'
import { restAnswer } from './google-error.ts'
import { issuer } from './identity-token.ts'
import type { SigningKey } from './jwt.ts'

/** The keys that sign. A key is made when it is first needed, because that takes a tenth of a second. */
export interface Keys {
  /** Of a service account, by its email. */
  of(email: string): SigningKey
  /** Of Google itself: it signs identity tokens. */
  google(): SigningKey
}

export function createKeys(): Keys {
  const keys = new Map<string, SigningKey>()
  const keyOf = (owner: string) => {
    const key = keys.get(owner) ?? newKey(owner)
    keys.set(owner, key)
    return key
  }
  return { of: keyOf, google: () => keyOf(issuer) }
}

export const googleKeysPath = '/oauth2/v3/certs'
export const accountKeysPath = '/service_accounts/v1/jwk/'

/**
 * Serves the public keys, as JWK sets: of Google at `/oauth2/v3/certs`, of a service account at `/service_accounts/v1/jwk/<email>`.
 * Source: https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt
 */
export function publicKeys({ keys }: { keys: Keys }): Handler {
  return async (request, response) => {
    request.resume()
    const path = decodeURIComponent(request.url ?? '')
    const { keyId, publicKey } = path === googleKeysPath ? keys.google() : keys.of(path.slice(accountKeysPath.length))
    send(response, restAnswer(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'RS256', use: 'sig' }] }))
  }
}

function newKey(owner: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { keyId: createHash('sha1').update(owner).digest('hex'), privateKey, publicKey }
}
