import { statusGroup } from '../names.ts'
import { statusOf } from './status.ts'
import type { KubeAnswer, KubeRequest, KubeTransport } from './transport.ts'

export interface RetryWorld {
  /** `setTimeout` of node:timers/promises. */
  sleep: (ms: number, value: undefined, options: { signal?: AbortSignal }) => Promise<unknown>
  random: () => number
  /** Once it is aborted nothing is tried again, and a wait between two tries ends at once. A request in flight may finish. */
  signal?: AbortSignal
}

/** Tries of one request. The waits below add up to 9.75 s at the least: a restart of the API server that takes less is ridden out. */
export const maxTries = 8
/** HTTP 500 is also what the API server says when it cannot call a webhook: with thousands of Secrets behind a webhook that is down, patience would last hours. */
export const maxTriesOn500 = 3
const baseWaitMs = 250
const maxWaitMs = 4_000
/** A longer Retry-After is treated as a mistake. */
const maxRetryAfterMs = 10_000

/**
 * Asks again after 409 (a write in between), 429 (too many requests), 5xx of the API server itself, and no answer; with Retry-After where it
 * is given, and jitter, so that many clients do not come back at once. A denial by our webhook is a decision, whatever its status.
 *
 * @returns a function like `transport.request`: it gives the last answer, or throws the last error, once a try is not worth another
 */
export function retrying(transport: Pick<KubeTransport, 'request'>, { sleep, random, signal }: RetryWorld): KubeTransport['request'] {
  /** @returns whether to try again */
  async function wait(ms: number): Promise<boolean> {
    if (signal?.aborted) return false
    // What a wait rejects with is that it was cut short, which the signal says.
    await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {})
    return !signal?.aborted
  }

  return async function request(asked: KubeRequest): Promise<KubeAnswer> {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await transport.request(asked)
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
  const asked = Math.min((retryAfterSeconds ?? 0) * 1000, maxRetryAfterMs)
  const most = Math.min(baseWaitMs * 2 ** tries, maxWaitMs)
  // Half of it is sure ("equal jitter"): with none sure, a quarter of the requests in flight would give up on an API server that is away for 8 s.
  return asked + most / 2 + (random() * most) / 2
}
