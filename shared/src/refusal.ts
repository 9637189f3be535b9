/**
 * Codes with which AWS refuses a caller or its request for what it is: the same request is refused again until somebody changes a policy,
 * a key or a setting. `OptInRequired` and `RegionDisabledException`: the account has not enabled the service or the region.
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html
 */
const refusals = new Set([
  'AccessDenied',
  'IDPRejectedClaim',
  'InvalidClientTokenId',
  'InvalidIdentityToken',
  'InvalidParameter',
  'InvalidParameterValue',
  'InvalidSignature',
  'MalformedPolicyDocument',
  'MissingAuthenticationToken',
  'NotAuthorized',
  'OptInRequired',
  'PackedPolicyTooLarge',
  'RegionDisabled',
  'SignatureDoesNotMatch',
  'UnrecognizedClient',
  'ValidationError',
])

/**
 * Is this AWS's final word, or may it pass by itself, as throttling, a network error, an expired session and a server error may?
 *
 * @param code AWS's or Node's; the two protocols of AWS name one refusal with and without `Exception`
 */
export function isRefusal(code: string): boolean {
  return refusals.has(code.replace(/Exception$/, ''))
}
