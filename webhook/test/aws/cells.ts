import type { FaultName } from '@ecr-anywhere/scripts/aws/faults.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { Result } from '../../src/admission/fill.ts'
import { injectedSecret, secret, type WireSecret } from '../admission/secrets.ts'
import { hours, minutes } from './replica.ts'

/** How old the token is that the webhook holds, from a life of 12 h; `cold`: it holds none. */
export const caches = { cold: undefined, fresh: 0, ageing: 2 * hours, 'nearly expired': 12 * hours - 10 * minutes } as const
export type Cache = keyof typeof caches

interface Asked {
  object: WireSecret
  oldObject?: WireSecret
  dryRun?: true
}

/** What comes, at a time of the webhook's clock. */
const made = {
  CREATE: () => ({ object: secret() }),
  'UPDATE ours, touched': nowMs => ({ oldObject: ours(nowMs), object: touched(ours(nowMs), nowMs) }),
  'UPDATE ours': nowMs => ({ oldObject: ours(nowMs), object: ours(nowMs) }),
  'UPDATE not ours': () => ({ oldObject: secret(), object: secret() }),
  'CREATE, dry run': () => ({ object: secret(), dryRun: true }),
  'UPDATE ours, touched, dry run': nowMs => ({ oldObject: ours(nowMs), object: touched(ours(nowMs), nowMs), dryRun: true }),
} satisfies Record<string, (nowMs: number) => Asked>
export type RequestName = keyof typeof made
export const requests: Record<RequestName, (nowMs: number) => Asked> = made

/** Those of AWS's APIs. */
type ApiFault = Exclude<FaultName, 'not-found'>

/** What each fault is called in answers; undefined: AWS answers after all. Latency is below any deadline, and never-answering above. */
export const codes: Record<ApiFault, RegExp | undefined> = {
  latency: undefined,
  throttling: /^ThrottlingException$/,
  'access-denied': /^AccessDeniedException$/,
  'expired-token': /^ExpiredTokenException$/,
  'unknown-key': /^UnrecognizedClientException$/,
  'internal-failure': /^ServerException$/,
  // ECR's model has no name for it: the SDK makes one up from the answer.
  unavailable: /^ServiceUnavailable$/,
  hang: /^Timeout$/,
  // Whether the headers came before the break is for the network to say.
  cut: /^(ECONNRESET|MalformedResponse)$/,
  malformed: /^MalformedResponse$/,
  empty: /^MalformedResponse$/,
  'already-expired': /^ExpiredOnArrival$/,
}

/** What the reader is told to do. */
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
 * The rows of design's table of admissions: of the first request, and of one that comes when the call that the first started has ended. A token
 * of two hours is handed out without a wait, so the first request knows of no failure yet.
 */
export function rowsOf({ fault, cache, request }: Cell): [first: Result, second: Result] {
  if (request.endsWith('dry run')) return ['dry_run', 'dry_run']
  if (request === 'UPDATE ours') return ['unchanged', 'unchanged']
  if (cache === 'fresh' || codes[fault] === undefined) return ['injected', 'injected']
  if (cache === 'ageing') return ['injected', 'stale']
  if (cache !== 'cold') return ['stale', 'stale']
  return request === 'UPDATE ours, touched' ? ['kept', 'kept'] : ['error', 'error']
}

/** A Secret that was injected an hour before, by the webhook's clock. */
function ours(nowMs: number) {
  return injectedSecret({
    notes: { [annotations.expiresAt]: formatTime(nowMs + 11 * hours), [annotations.updatedAt]: formatTime(nowMs - hours) },
  })
}

function touched(object: ReturnType<typeof ours>, nowMs: number) {
  const { metadata } = object
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.markedForUpdateAt]: formatTime(nowMs) } },
  }
}
