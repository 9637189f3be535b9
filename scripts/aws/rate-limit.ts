/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html: GetAuthorizationToken, per account and region. */
export const tokensPerSecond = 20
export const tokensBurst = 200

/** Takes one from the key's bucket; false if it is empty. */
export type RateLimit = (key: string, nowMs: number) => boolean

/** A token bucket for each key: full at first, filled again at `perSecond`. Time, in milliseconds, is the caller's. */
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
