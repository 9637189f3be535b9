import { statusGroup } from '../names.ts'
import type { KubeAnswer, KubeClient, KubeRequest } from './client.ts'

export interface RetryWorld {
  sleep: (ms: number) => Promise<void>
  random: () => number
}

/** Tries of one request. With the waits below, a restart of the API server of about 15 s is ridden out. */
export const maxTries = 8
/** HTTP 500 is also what the API server says when it cannot call a webhook: with thousands of Secrets behind a webhook that is down, patience would last hours. */
export const maxTriesOn500 = 3
const baseWaitMs = 250
const maxWaitMs = 4_000
/** A longer Retry-After is taken for a mistake. */
const maxRetryAfterMs = 10_000

/**
 * Asks again after 409 (a write in between), 429 (told to wait), 5xx of the API server itself, and no answer; with Retry-After where it
 * is given, and jitter, so that many clients do not come back at once. A denial by our webhook is a decision, whatever its status.
 */
export function retrying(client: KubeClient, { sleep, random }: RetryWorld): KubeClient['request'] {
  return async function request(asked: KubeRequest): Promise<KubeAnswer> {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await client.request(asked)
        if (tries >= triesFor(answer)) return answer
        await sleep(waitMs(tries, answer.retryAfterSeconds, random))
      } catch (error) {
        if (tries >= maxTries || asked.signal?.aborted === true) throw error
        await sleep(waitMs(tries, undefined, random))
      }
    }
  }
}

function triesFor({ status, body }: KubeAnswer): number {
  const { details } = (body ?? {}) as { details?: { group?: unknown } }
  if (details?.group === statusGroup) return 1
  if (status === 500) return maxTriesOn500
  return status === 409 || status === 429 || status > 500 ? maxTries : 1
}

function waitMs(tries: number, retryAfterSeconds: number | undefined, random: () => number): number {
  const asked = Math.min((retryAfterSeconds ?? 0) * 1000, maxRetryAfterMs)
  return asked + random() * Math.min(baseWaitMs * 2 ** tries, maxWaitMs)
}
