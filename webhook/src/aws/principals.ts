import { setTimeout as sleep } from 'node:timers/promises'
import { stsLimitMs } from '@ecr-anywhere/shared/aws/remembered.ts'
import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import type { TenantClient } from './tenant-clients.ts'

/** What AWS said of a tenant's identity; neither, while it has not been asked. */
export interface KnownPrincipal {
  arn?: string
  /** AWS's code, and the whole sentence. */
  error?: string
  cause?: string
}

export interface PrincipalsOptions {
  clients: ReadonlyMap<string, TenantClient>
  onFound: (tenant: string, arn: string, all: ReadonlyMap<string, KnownPrincipal>) => void
  onProblem: (tenant: string, problem: string) => void
}

/** AWS is asked again this often until it says who a tenant is. */
const retryMs = 30_000

/** Asks AWS who each tenant is, in the background: AWS has no say in whether the webhook is ready. @returns what is known so far */
export function findPrincipals({ clients, onFound, onProblem }: PrincipalsOptions): ReadonlyMap<string, KnownPrincipal> {
  const known = new Map<string, KnownPrincipal>([...clients.keys()].map(name => [name, {}]))

  async function find(tenant: string, client: TenantClient): Promise<void> {
    try {
      const { arn } = await client.principal(stsLimitMs)
      known.set(tenant, { arn })
      onFound(tenant, arn, known)
    } catch (error) {
      known.set(tenant, { error: error instanceof Fault ? error.code : 'error', cause: sentence(error) })
      onProblem(tenant, sentence(error))
      await sleep(retryMs, undefined, { ref: false })
      await find(tenant, client)
    }
  }

  for (const [tenant, client] of clients) void find(tenant, client)
  return known
}
