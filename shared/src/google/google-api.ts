import { Fault } from '../fault.ts'
import { retryAfterSeconds } from '../retry-after.ts'
import type { Authorized } from './google-auth.ts'
import { googleFault } from './google-fault.ts'
import type { GoogleRequest } from './google-transport.ts'

export interface GoogleCall extends Omit<GoogleRequest, 'signal' | 'form'> {
  /** The IAM permission that the call requires, for messages. */
  permission: string
}

/** Calls an API of Google. @returns the body of the answer @throws Fault `transient`; `settings` if there are no credentials */
export type GoogleApi = (call: GoogleCall) => Promise<unknown>

export interface GoogleApiWorld {
  google: Authorized
  /** `setTimeout` of node:timers/promises. It rejects if the signal is aborted. */
  sleep: (ms: number, value: undefined, options: { signal: AbortSignal }) => Promise<unknown>
  random: () => number
  nowMs: () => number
  /** Ends the call that is in flight and all waits. */
  deadline: AbortSignal
  /** Called after each try. `result` is an HTTP status or an error code. */
  onTry?: (call: GoogleCall, try_: { result: number | string; ms: number }) => void
}

/** The maximum tries of one call. */
export const maxTries = 5
const baseWaitMs = 500
const maxWaitMs = 8_000
/** A longer Retry-After is not waited for. The next run tries again. */
const maxRetryAfterMs = 20_000

/**
 * Calls Google's APIs with retries: after 429, 5xx and no answer, with Retry-After and jitter.
 * https://cloud.google.com/apis/design/errors#error_retries
 */
export function googleApi({ google, sleep, random, nowMs, deadline, onTry = () => {} }: GoogleApiWorld): GoogleApi {
  async function tryOnce(call: GoogleCall): Promise<{ body: unknown } | { fault: Fault; retryInMs: number | undefined }> {
    const { permission, ...request } = call
    const startMs = nowMs()
    const report = (result: number | string) => onTry(call, { result, ms: nowMs() - startMs })
    try {
      const { status, headers, body } = await google.request({ ...request, signal: deadline })
      report(status)
      if (status >= 200 && status < 300) return { body }
      const requestedMs = (retryAfterSeconds(headers.get('retry-after') ?? undefined, nowMs()) ?? 0) * 1000
      const isRetried = (status === 429 || status >= 500) && requestedMs <= maxRetryAfterMs
      return { fault: googleFault({ status, body }, request, permission), retryInMs: isRetried ? requestedMs : undefined }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      report(error.code)
      return { fault: error, retryInMs: error.kind === 'transient' ? 0 : undefined }
    }
  }

  return async call => {
    for (let tries = 1; ; tries += 1) {
      const outcome = await tryOnce(call)
      if ('body' in outcome) return outcome.body
      const { fault, retryInMs } = outcome
      if (retryInMs === undefined || tries >= maxTries || deadline.aborted) throw fault
      const backoffMs = Math.min(baseWaitMs * 2 ** tries, maxWaitMs)
      await sleep(retryInMs + backoffMs / 2 + (random() * backoffMs) / 2, undefined, { signal: deadline }).catch(() => {})
      if (deadline.aborted) throw fault
    }
  }
}
