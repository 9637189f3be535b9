/**
 * The codes of definitive refusals: AWS refuses the same request again until a policy, a key or a setting is changed. With `OptInRequired`
 * and `RegionDisabledException`, the account has not enabled the service or the region.
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
 * Whether a refusal is definitive. Throttling, network errors, expired sessions and server errors are not, because a retry may succeed.
 *
 * @param code from AWS or Node. One of AWS's two protocols adds `Exception` to the name of the same refusal
 */
export function isRefusal(code: string): boolean {
  return refusals.has(code.replace(/Exception$/, ''))
}
