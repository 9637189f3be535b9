import type { Answer } from '../aws/exchange.ts'
import type { Refusal } from './serve.ts'

/** A refusal of the token endpoint, in the words of OAuth 2.0 and not of google.rpc. */
export class TokenError extends Error {
  readonly error: string
  readonly status: number

  constructor(error: string, description: string, status = 400) {
    super(description)
    this.name = 'TokenError'
    this.error = error
    this.status = status
  }
}

/** Source: https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
export function tokenErrorAnswer({ error, message, status }: TokenError, headers: Record<string, string> = {}): Answer {
  return tokenAnswer(status, { error, error_description: message }, headers)
}

export function tokenAnswer(status: number, value: object, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: `${JSON.stringify(value, undefined, 2)}\n`,
  }
}

const faults: Record<Refusal, [status: number, error: string, description: string]> = {
  unauthenticated: [401, 'invalid_client', 'The OAuth client was not found.'],
  'permission-denied': [403, 'access_denied', 'Account restricted'],
  'service-disabled': [403, 'access_denied', 'Account restricted'],
  'not-found': [404, 'not_found', 'Not Found'],
  conflict: [409, 'internal_failure', 'Conflict'],
  throttled: [429, 'rate_limit_exceeded', 'Rate limit exceeded'],
  quota: [429, 'rate_limit_exceeded', 'Rate limit exceeded'],
  internal: [500, 'internal_failure', 'Internal failure'],
  unavailable: [503, 'internal_failure', 'Backend error'],
  'invalid-grant': [400, 'invalid_grant', 'Token has been expired or revoked.'],
}

/** What the token endpoint says of a fault that was switched on. */
export function tokenFault(refusal: Refusal, retrySeconds: number): Answer {
  const [status, error, description] = faults[refusal]
  const headers: Record<string, string> = refusal === 'throttled' ? { 'Retry-After': String(retrySeconds) } : {}
  return tokenErrorAnswer(new TokenError(error, description, status), headers)
}
