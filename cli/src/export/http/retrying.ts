import { setTimeout as sleep } from 'node:timers/promises'
import { retryAfterSeconds } from '@ecr-anywhere/shared/retry-after.ts'

export interface Retryable {
  status: number
  /** The header Retry-After. */
  retryAfter: string | undefined
}

const attempts = 3
/** The wait before the second attempt. It is doubled for the third. Retry-After is used instead, up to the maximum. */
const waitMs = 500
const maxWaitMs = 10_000

/** Sends a request, and sends it again if the answer is 429 or 5xx. @returns the last answer */
export async function retrying<T extends Retryable>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const answer = await send()
    if (attempt === attempts || !(answer.status === 429 || answer.status >= 500)) return answer
    const seconds = retryAfterSeconds(answer.retryAfter, Date.now())
    await sleep(seconds === undefined ? waitMs * attempt : Math.min(seconds * 1000, maxWaitMs))
  }
}
