/** The quota of GetAuthorizationToken per account and region. https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html */
export const tokensPerSecond = 20
export const tokensBurst = 200

/** Takes a token from the bucket of the key. @returns false if the bucket is empty */
export type RateLimit = (key: string, nowMs: number) => boolean

/** A token bucket for each key, which is full at first and is refilled at `perSecond`. The caller passes the time in milliseconds. */
export function createRateLimit({ perSecond, burst }: { perSecond: number; burst: number }): RateLimit {
  const buckets = new Map<string, { left: number; atMs: number }>()
  return (key, nowMs) => {
    const { left, atMs } = buckets.get(key) ?? { left: burst, atMs: nowMs }
    const now = Math.min(burst, left + ((nowMs - atMs) / 1000) * perSecond)
    const allowed = now >= 1
    buckets.set(key, { left: allowed ? now - 1 : now, atMs: nowMs })
    return allowed
  }
}
