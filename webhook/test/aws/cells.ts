import type { FaultName } from '@ecr-anywhere/scripts/aws/faults.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { Result } from '../../src/admission/fill.ts'
import { injectedSecret, secret, type WireSecret } from '../admission/secrets.ts'
import { hours, minutes } from './replica.ts'

/** The age of the token in the cache of the webhook. Its lifetime is 12 h. With `cold` the cache is empty. */
export const caches = { cold: undefined, fresh: 0, ageing: 2 * hours, 'nearly expired': 12 * hours - 10 * minutes } as const
export type Cache = keyof typeof caches

interface TestRequest {
  object: WireSecret
  oldObject?: WireSecret
  dryRun?: true
}

/** The requests, at a time of the webhook's clock. */
const requestsByName = {
  CREATE: () => ({ object: secret() }),
  'UPDATE injected, touched': nowMs => ({ oldObject: injectedAnHourAgo(nowMs), object: touched(injectedAnHourAgo(nowMs), nowMs) }),
  'UPDATE injected': nowMs => ({ oldObject: injectedAnHourAgo(nowMs), object: injectedAnHourAgo(nowMs) }),
  'UPDATE not injected': () => ({ oldObject: secret(), object: secret() }),
  'CREATE, dry run': () => ({ object: secret(), dryRun: true }),
  'UPDATE injected, touched, dry run': nowMs => ({
    oldObject: injectedAnHourAgo(nowMs),
    object: touched(injectedAnHourAgo(nowMs), nowMs),
    dryRun: true,
  }),
} satisfies Record<string, (nowMs: number) => TestRequest>
export type RequestName = keyof typeof requestsByName
export const requests: Record<RequestName, (nowMs: number) => TestRequest> = requestsByName

/** The faults that an AWS API can have. */
type ApiFault = Exclude<FaultName, 'not-found'>

/**
 * The error code of each fault in answers, or undefined if AWS answers in the end. Latency is shorter than every deadline, and a
 * hanging call is longer.
 */
export const codes: Record<ApiFault, RegExp | undefined> = {
  latency: undefined,
  throttling: /^ThrottlingException$/,
  'access-denied': /^AccessDeniedException$/,
  'expired-token': /^ExpiredTokenException$/,
  'unknown-key': /^UnrecognizedClientException$/,
  'internal-failure': /^ServerException$/,
  // The API model of ECR does not define this error, so the SDK derives the name from the answer.
  unavailable: /^ServiceUnavailable$/,
  hang: /^Timeout$/,
  // The code depends on whether the headers arrived before the connection broke.
  cut: /^(ECONNRESET|MalformedResponse)$/,
  malformed: /^MalformedResponse$/,
  empty: /^MalformedResponse$/,
  'already-expired': /^ExpiredOnArrival$/,
}

/** The remedy in each message. */
export const advice: Record<ApiFault, RegExp> = {
  latency: /never/,
  throttling: /AWS limits calls per account and region\. It is retried automatically\.$/,
  'access-denied': /Allow ecr:GetAuthorizationToken on \* to arn:aws:iam::\d{12}:role\/cell-\d+\.$/,
  'expired-token': /Check the webhook's AWS credentials and this machine's clock\.$/,
  'unknown-key': /Check the webhook's AWS credentials\. Has their account enabled the region us-east-1\?$/,
  'internal-failure': /It is retried automatically/,
  unavailable: /It is retried automatically/,
  hang: /Can the webhook reach AWS/,
  cut: /Can the webhook reach AWS|It is retried automatically/,
  malformed: /It is retried automatically/,
  empty: /Is something between this program and AWS changing answers/,
  'already-expired': /Set this machine's clock/,
}

export interface Cell {
  fault: ApiFault
  cache: Cache
  request: RequestName
}

export const cells: Cell[] = (Object.keys(codes) as ApiFault[]).flatMap(fault =>
  (Object.keys(caches) as Cache[]).flatMap(cache => (Object.keys(requests) as RequestName[]).map(request => ({ fault, cache, request }))),
)

/**
 * The expected results, as in the table of admissions in the design: of the first request, and of a request after the call that the
 * first one started has ended. A token with an age of two hours is used without a wait, so the first request does not know of the failure yet.
 */
export function rowsOf({ fault, cache, request }: Cell): [first: Result, second: Result] {
  if (request.endsWith('dry run')) return ['dry_run', 'dry_run']
  if (request === 'UPDATE injected') return ['unchanged', 'unchanged']
  if (cache === 'fresh' || codes[fault] === undefined) return ['injected', 'injected']
  if (cache === 'ageing') return ['injected', 'stale']
  if (cache !== 'cold') return ['stale', 'stale']
  return request === 'UPDATE injected, touched' ? ['kept', 'kept'] : ['error', 'error']
}

/** A Secret that was injected an hour ago by the webhook's clock. */
function injectedAnHourAgo(nowMs: number) {
  return injectedSecret({
    notes: { [annotations.expiresAt]: formatTime(nowMs + 11 * hours), [annotations.updatedAt]: formatTime(nowMs - hours) },
  })
}

function touched(object: ReturnType<typeof injectedAnHourAgo>, nowMs: number) {
  const { metadata } = object
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.markedForUpdateAt]: formatTime(nowMs) } },
  }
}
