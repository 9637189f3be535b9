import t from 'tap'
import { isRefusal } from '../src/refusal.ts'

const codes: [isRefusal: boolean, codes: string[]][] = [
  [true, ['AccessDenied', 'AccessDeniedException', 'InvalidIdentityToken', 'InvalidIdentityTokenException', 'IDPRejectedClaim']],
  [true, ['InvalidClientTokenId', 'UnrecognizedClientException', 'SignatureDoesNotMatch', 'InvalidSignatureException']],
  [true, ['OptInRequired', 'RegionDisabledException', 'ValidationError', 'PackedPolicyTooLargeException']],
  [false, ['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'LimitExceededException']],
  [false, ['ServerException', 'InternalFailure', 'ServiceUnavailable', 'ExpiredToken', 'ExpiredTokenException', 'ExpiredOnArrival']],
  [
    false,
    ['Timeout', 'ENOTFOUND', 'ECONNREFUSED', 'ERR_PROXY_TUNNEL', 'MalformedResponse', 'CredentialsProviderError', 'IDPCommunicationError'],
  ],
  [false, ['', 'Exception', 'transient', 'NotAccessDenied']],
]

for (const [wanted, some] of codes) {
  for (const code of some) {
    t.test(`${code === '' ? 'no code' : code} ${wanted ? 'is final' : 'is transient'}`, async t => t.equal(isRefusal(code), wanted))
  }
}
