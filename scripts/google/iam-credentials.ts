import { type AccessTokens, accessTokenLifeSeconds } from './access-tokens.ts'
import type { Accounts, KnownAccount } from './accounts.ts'
import { GoogleError } from './google-error.ts'
import { mintIdentityToken } from './identity-token.ts'
import { encodeJwt } from './jwt.ts'
import type { Keys } from './keys.ts'
import { isObject, readBody } from './request-body.ts'
import type { RestMethods, RestRequest } from './rest-method.ts'

export interface IamCredentialsWorld {
  accounts: Accounts
  keys: Keys
  tokens: AccessTokens
  onSecret: (secret: string) => void
}

const path = '/v1/projects/-/serviceAccounts/{account}'
// https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt: exp is at most 12 hours ahead.
const maxSignedSeconds = 12 * 3600

/**
 * The IAM Service Account Credentials API: one account makes tokens and signatures of another.
 * Source: https://cloud.google.com/iam/docs/reference/credentials/rest
 */
export const iamCredentials: RestMethods<IamCredentialsWorld> = {
  SignJwt: {
    http: 'POST',
    path: `${path}:signJwt`,
    permission: 'iam.serviceAccounts.signJwt',
    answer(world, request) {
      const key = world.keys.of(findAccount(world, request).email)
      const { payload } = readBody(request.body, { delegates: 'value', payload: 'value' })
      const signedJwt = encodeJwt(readClaims(payload, request.nowMs), key)
      world.onSecret(signedJwt)
      return { keyId: key.keyId, signedJwt }
    },
  },
  GenerateIdToken: {
    http: 'POST',
    path: `${path}:generateIdToken`,
    permission: 'iam.serviceAccounts.getOpenIdToken',
    answer(world, request) {
      const { uniqueId, email } = findAccount(world, request)
      const { audience, includeEmail } = readBody(request.body, { delegates: 'value', audience: 'value', includeEmail: 'value' })
      if (typeof audience !== 'string' || audience === '') throw invalid('audience is required')
      const identity = { audience, uniqueId, azp: uniqueId, ...(includeEmail === true && { email }) }
      const token = mintIdentityToken(identity, { nowMs: request.nowMs, key: world.keys.google() })
      world.onSecret(token)
      return { token }
    },
  },
  GenerateAccessToken: {
    http: 'POST',
    path: `${path}:generateAccessToken`,
    permission: 'iam.serviceAccounts.getAccessToken',
    answer(world, request) {
      const { email } = findAccount(world, request)
      const { scope, lifetime = `${accessTokenLifeSeconds}s` } = readBody(request.body, {
        delegates: 'value',
        scope: 'value',
        lifetime: 'value',
      })
      if (!Array.isArray(scope) || scope.length === 0) throw invalid('scope is required')
      const seconds = Number(/^(\d+)s$/.exec(String(lifetime))?.[1])
      if (!(seconds > 0 && seconds <= 3600)) throw invalid(`lifetime ${lifetime} is not between 1s and 3600s`)
      const expiresAtMs = request.nowMs + seconds * 1000
      const accessToken = world.tokens.issue({ email, scopes: scope.map(String), expiresAtMs })
      return { accessToken, expireTime: new Date(expiresAtMs).toISOString() }
    },
  },
}

function findAccount({ accounts }: IamCredentialsWorld, { params }: RestRequest): KnownAccount {
  const { account: asked = '' } = params
  const account = accounts.find(asked)
  if (!account) throw new GoogleError('NOT_FOUND', `Not found; Gaia id not found for email ${asked}`)
  return account
}

function readClaims(payload: unknown, nowMs: number): object {
  const claims = parse(payload)
  if (!isObject(claims)) throw invalid('payload is no JSON object')
  const { exp } = claims
  if (exp === undefined) return claims
  const now = Math.floor(nowMs / 1000)
  if (!Number.isInteger(exp)) throw invalid('exp is no integer')
  if (Number(exp) < now || Number(exp) > now + maxSignedSeconds) throw invalid('exp is in the past, or more than 12 hours in the future')
  return claims
}

function parse(payload: unknown): unknown {
  try {
    return JSON.parse(String(payload))
  } catch {
    return undefined
  }
}

/** Google's own words are not known for these. */
function invalid(reason: string): GoogleError {
  return new GoogleError('INVALID_ARGUMENT', `Request contains an invalid argument: ${reason}.`)
}
