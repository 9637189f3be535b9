import type { Api } from './api-call.ts'

// Status and code in AWS JSON 1.1 (ECR) and in the Query protocol (STS), where the same error has another name.
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
const names = {
  'access-denied': { json: [400, 'AccessDeniedException'], query: [403, 'AccessDenied'] },
  'bad-signature': { json: [400, 'InvalidSignatureException'], query: [403, 'SignatureDoesNotMatch'] },
  'expired-identity-token': { json: [400, 'ExpiredTokenException'], query: [400, 'ExpiredTokenException'] },
  'expired-session': { json: [400, 'ExpiredTokenException'], query: [403, 'ExpiredToken'] },
  'idp-rejected-claim': { json: [403, 'IDPRejectedClaim'], query: [403, 'IDPRejectedClaim'] },
  internal: { json: [500, 'ServerException'], query: [500, 'InternalFailure'] },
  'invalid-identity-token': { json: [400, 'InvalidIdentityToken'], query: [400, 'InvalidIdentityToken'] },
  'invalid-input': { json: [400, 'InvalidParameterException'], query: [400, 'ValidationError'] },
  'malformed-policy': { json: [400, 'MalformedPolicyDocument'], query: [400, 'MalformedPolicyDocument'] },
  'no-authentication': { json: [400, 'MissingAuthenticationTokenException'], query: [403, 'MissingAuthenticationToken'] },
  throttled: { json: [400, 'ThrottlingException'], query: [400, 'Throttling'] },
  unavailable: { json: [503, 'ServiceUnavailable'], query: [503, 'ServiceUnavailable'] },
  'unknown-action': { json: [400, 'UnknownOperationException'], query: [400, 'InvalidAction'] },
  'unknown-key': { json: [400, 'UnrecognizedClientException'], query: [403, 'InvalidClientTokenId'] },
} as const

/** The kind of an error, independently of the protocol. */
export type AwsErrorKind = keyof typeof names

/** An error with the message of AWS. `api-call.ts` writes it in the protocol of the API. */
export class AwsError extends Error {
  readonly kind: AwsErrorKind

  constructor(kind: AwsErrorKind, message: string) {
    super(message)
    this.name = 'AwsError'
    this.kind = kind
  }
}

/** The HTTP status and the error code of an error in this API. */
export function statusAndCode(kind: AwsErrorKind, api: Api): { status: number; code: string } {
  const [status, code] = names[kind][api === 'sts' ? 'query' : 'json']
  return { status, code }
}

/** The error for an action that no identity-based policy allows. */
export function notAuthorized(arn: string, action: string, resource = '*'): AwsError {
  const reason = resource === '*' ? ` because no identity-based policy allows the ${action} action` : ''
  return new AwsError('access-denied', `User: ${arn} is not authorized to perform: ${action} on resource: ${resource}${reason}`)
}
