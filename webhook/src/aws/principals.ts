import { setTimeout as sleep } from 'node:timers/promises'
import { stsLimitMs } from '@ecr-anywhere/shared/aws/cached-credentials.ts'
import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { TenantClient } from './tenant-clients.ts'

/** What AWS reported about a tenant's identity. Both fields are absent until AWS has answered. */
export interface KnownPrincipal {
  arn?: string
  /** The error of the last call. */
  error?: unknown
}

export interface PrincipalsOptions {
  clients: ReadonlyMap<string, Pick<TenantClient, 'principal'>>
  onFound: (tenant: string, arn: string, all: ReadonlyMap<string, KnownPrincipal>) => void
  /** Called once for each new cause. */
  onProblem: (tenant: string, problem: string) => void
  /** Waits before the next call. */
  wait?: (ms: number) => Promise<void>
}

/** The first wait. It doubles with each failure, up to `maxRetryMs`. */
const retryMs = 1_000
const maxRetryMs = 30_000

/** Asks AWS in the background for each tenant's principal, because readiness must not depend on AWS. @returns what is known so far */
export function findPrincipals({
  clients,
  onFound,
  onProblem,
  wait = ms => sleep(ms, undefined, { ref: false }),
}: PrincipalsOptions): ReadonlyMap<string, KnownPrincipal> {
  const known = new Map<string, KnownPrincipal>([...clients.keys()].map(name => [name, {}]))

  async function find(tenant: string, client: Pick<TenantClient, 'principal'>): Promise<void> {
    let problem: string | undefined
    for (let delayMs = retryMs; ; delayMs = Math.min(2 * delayMs, maxRetryMs)) {
      const found = await client.principal(stsLimitMs).catch((error: unknown) => ({ error }))
      if ('arn' in found) {
        known.set(tenant, { arn: found.arn })
        return onFound(tenant, found.arn, known)
      }
      known.set(tenant, found)
      if (sentence(found.error) !== problem) onProblem(tenant, sentence(found.error))
      problem = sentence(found.error)
      await wait(delayMs)
    }
  }

  for (const [tenant, client] of clients) void find(tenant, client)
  return known
}
