import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiCall, failure, type Result, success } from './api-call.ts'
import { AwsError, type AwsErrorKind } from './aws-error.ts'
import { type Answer, send } from './exchange.ts'
import type { FaultName, Suffering } from './faults.ts'

const refusals: Partial<Record<FaultName, { kind: AwsErrorKind; message: string }>> = {
  throttling: { kind: 'throttled', message: 'Rate exceeded' },
  'access-denied': { kind: 'access-denied', message: 'Access denied: a fault of the emulator is active' },
  'expired-token': { kind: 'expired-session', message: 'The security token included in the request is expired' },
  'unknown-key': { kind: 'unknown-key', message: 'The security token included in the request is invalid.' },
  'internal-failure': { kind: 'internal', message: 'The request processing has failed because of an unknown error, exception or failure.' },
  unavailable: { kind: 'unavailable', message: 'The request has failed due to a temporary failure of the server.' },
}

interface Call {
  call: ApiCall
  requestId: string
  headers: Record<string, string>
  suffering: Suffering
  /** Creates the real answer. Errors are thrown. It is called only by faults that need the answer. */
  produce: () => Result
}

/** Answers a call of an API with its faults. */
export async function answerCall(response: ServerResponse, { call, requestId, headers, suffering, produce }: Call): Promise<void> {
  // The timer does not keep the process alive after the emulator was stopped.
  if (suffering.latencyMs > 0) await sleep(suffering.latencyMs, undefined, { ref: false })
  const { fault } = suffering
  if (fault === 'hang') return
  const answer = decide({ call, requestId, fault, produce })
  const whole = { ...answer, headers: { ...headers, ...answer.headers } }
  if (fault === 'cut') return cut(response, whole)
  send(response, fault === 'malformed' ? { ...whole, body: half(whole.body) } : whole)
}

function decide({ call, requestId, fault, produce }: Omit<Call, 'headers' | 'suffering'> & { fault: Suffering['fault'] }): Answer {
  const refusal = fault && refusals[fault]
  try {
    if (refusal) throw new AwsError(refusal.kind, refusal.message)
    if (fault === 'empty') return success(call, call.api === 'ecr' ? { authorizationData: [] } : {}, requestId)
    return success(call, produce(), requestId)
  } catch (error) {
    if (error instanceof AwsError) return failure(call.api, error, requestId)
    throw error
  }
}

/** The Content-Length is larger than the body, so a client detects the cut. */
function cut(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) })
  response.write(half(body), () => response.destroy())
}

function half(body: string): string {
  return body.slice(0, body.length / 2)
}
