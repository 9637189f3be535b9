import { statusGroup } from '../names.ts'
import { statusOf } from './status.ts'
import type { KubeAnswer, KubeRequest, KubeTransport } from './transport.ts'

export interface RetryWorld {
  /** `setTimeout` of node:timers/promises. */
  sleep: (ms: number, value: undefined, options: { signal?: AbortSignal }) => Promise<unknown>
  random: () => number
  /** If it is aborted, nothing is retried, and a wait between two tries ends at once. A request in flight may finish. */
  signal?: AbortSignal
}

/** The maximum tries of one request. The waits add up to at least 9.75 s, so that shorter restarts of the API server cause no failure. */
export const maxTries = 8
/** The API server also returns HTTP 500 if it cannot call a webhook. For thousands of Secrets without a webhook, more tries take hours. */
export const maxTriesOn500 = 3
const baseWaitMs = 250
const maxWaitMs = 4_000
/** A longer Retry-After is treated as a mistake. */
const maxRetryAfterMs = 10_000

/**
 * Retries after 409 (a concurrent write), 429 (too many requests), 5xx of the API server itself, and no answer. It respects Retry-After and
 * adds jitter, so that clients do not return all at once. A denial by the webhook is a decision and is not retried, whatever its status.
 *
 * @returns a function like `transport.request`, which returns the last answer or throws the last error when no further try is made
 */
export function retrying(transport: Pick<KubeTransport, 'request'>, { sleep, random, signal }: RetryWorld): KubeTransport['request'] {
  /** @returns whether to try again */
  async function wait(ms: number): Promise<boolean> {
    if (signal?.aborted) return false
    // A wait rejects only if the signal is aborted, which is checked below.
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {})
    return !signal?.aborted
  }

  return async function request(options: KubeRequest): Promise<KubeAnswer> {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await transport.request(options)
        if (tries >= triesFor(answer) || !(await wait(waitMs(tries, answer.retryAfterSeconds, random)))) return answer
      } catch (error) {
        if (tries >= maxTries || !(await wait(waitMs(tries, undefined, random)))) throw error
      }
    }
  }
}

function triesFor(answer: KubeAnswer): number {
  const { status } = answer
  if (statusOf(answer).details?.group === statusGroup) return 1
  if (status === 500) return maxTriesOn500
  return status === 409 || status === 429 || status > 500 ? maxTries : 1
}

function waitMs(tries: number, retryAfterSeconds: number | undefined, random: () => number): number {
  const requestedMs = Math.min((retryAfterSeconds ?? 0) * 1000, maxRetryAfterMs)
  const maxMs = Math.min(baseWaitMs * 2 ** tries, maxWaitMs)
  // At least half of it ("equal jitter"): with no minimum, a quarter of the requests would fail if the API server is unavailable for 8 s.
  return requestedMs + maxMs / 2 + (random() * maxMs) / 2
}
