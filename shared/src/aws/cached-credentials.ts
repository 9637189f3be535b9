import { setTimeout as sleep } from 'node:timers/promises'
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types'
import { cache } from '../cache.ts'
import { type AwsCall, awsFault } from './aws-fault.ts'

/** Credentials are renewed this long before they expire. The SDK's own providers treat them as expired for the same time. */
const renewMs = 5 * 60_000
/** The limit of one STS call with its retries. It is shorter than an admission's 9 s, so that time is left for ECR. */
export const stsLimitMs = 6_000

/** The effects of caches for answers of AWS. */
export const cacheWorld = {
  nowMs: Date.now,
  random: Math.random,
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
}

/** A provider that caches credentials until shortly before they expire, so that one STS call serves all regions. */
export function cachedCredentials(call: AwsCall, load: () => Promise<AwsCredentialIdentity>): AwsCredentialIdentityProvider {
  let refused: AwsCredentialIdentity | undefined
  let minLeftMs = renewMs
  const cached = cache<string, AwsCredentialIdentity>({
    ...cacheWorld,
    id: name => name,
    load: () => inTime(call, load),
    stage: ({ value }, nowMs) => {
      const leftMs = (value.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - nowMs
      if (value === refused || leftMs <= 0) return 'spent'
      return leftMs > minLeftMs ? 'fresh' : 'waning'
    },
    tooLate: () => tooLate(call),
  })
  return async properties => {
    // AWS reported credentials as expired that are valid by this machine's clock. They are not used again.
    if (properties?.forceRefresh === true) refused = [...cached.entries()][0]?.cached?.value
    minLeftMs = Math.max(renewMs, properties?.minLeftMs ?? 0)
    return (await cached.get(call.action, stsLimitMs)).value
  }
}

/**
 * Limits the time of a call, because some of the SDK's providers have no limit: container endpoint, web identity, process.
 *
 * @throws Fault `transient`
 */
export async function inTime<T>(call: AwsCall, work: () => Promise<T>): Promise<T> {
  const done = new AbortController()
  const limit = sleep(stsLimitMs, undefined, { signal: done.signal }).then(() => Promise.reject(tooLate(call)))
  try {
    return await Promise.race([work(), limit])
  } catch (error) {
    throw awsFault(error, call)
  } finally {
    done.abort()
  }
}

export function tooLate(call: AwsCall): Error {
  return awsFault(Object.assign(new Error('no answer in time'), { name: 'Timeout' }), call)
}
