import { setTimeout as sleep } from 'node:timers/promises'
import { stsLimitMs } from '@ecr-anywhere/shared/aws/cached-credentials.ts'
import { sentence } from '@ecr-anywhere/shared/fault.ts'
import type { TenantClient } from './tenant-clients.ts'

/** What AWS said of a tenant's identity; neither, while it has not been asked. */
export interface KnownPrincipal {
  arn?: string
  /** Why it did not say. */
  error?: unknown
}

export interface PrincipalsOptions {
  clients: ReadonlyMap<string, Pick<TenantClient, 'principal'>>
  onFound: (tenant: string, arn: string, all: ReadonlyMap<string, KnownPrincipal>) => void
  /** Told once of each new cause. */
  onProblem: (tenant: string, problem: string) => void
  /** Waits before AWS is asked again. */
  wait?: (ms: number) => Promise<void>
}

/** The first wait, doubled with each failure up to the second. */
const retryMs = 1_000
const maxRetryMs = 30_000

/** Asks AWS who each tenant is, in the background: AWS has no say in whether the webhook is ready. @returns what is known so far */
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
