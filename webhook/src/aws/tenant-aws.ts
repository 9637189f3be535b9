import { setTimeout as sleep } from 'node:timers/promises'
import { cacheWorld } from '@ecr-anywhere/shared/aws/cached-credentials.ts'
import type { Fault } from '@ecr-anywhere/shared/fault.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import type { Logger } from 'pino'
import type { AdmitWorld } from '../admission/admit.ts'
import { refusedTenants, withRefusals } from '../tenants/shared-principals.ts'
import { tenantState } from '../tenants/tenant-state.ts'
import { regionLabel } from '../tokens/region-label.ts'
import { type TokenCallsWorld, tokenCalls, tokenSamples } from '../tokens/token-calls.ts'
import { type TokenKey, tokens as tokenCache } from '../tokens/tokens.ts'
import { findPrincipals, type KnownPrincipal } from './principals.ts'
import type { TenantClient } from './tenant-clients.ts'
import { waits } from './waits.ts'

/** How often tokens in use are checked. A call that fails at the start is thus repeated soon; the back-off slows down later ones. */
const renewEveryMs = 5_000
/** A call for a probe may take as long as a call for an admission. */
const askAgainLimitMs = 9_000

export interface TenantAwsOptions {
  tenants: ReadonlyMap<string, Tenant>
  clients: ReadonlyMap<string, TenantClient>
  settings: { TOKEN_MAX_AGE: number; REFRESH_BEFORE: number }
  countCall: TokenCallsWorld['count']
  logger: Pick<Logger, 'info' | 'error'>
}

/** The tokens and the principals of all tenants, for admissions, `/status` and the metrics. */
export function tenantAws({ tenants, clients, settings, countCall, logger }: TenantAwsOptions) {
  const clientOf = (tenant: string) => clients.get(tenant) ?? missingClient(tenant)
  const labelsOf = ({ tenant, scope }: TokenKey) => ({ tenant, region: regionLabel(scope, clientOf(tenant).isRegion) })
  const homeKeys = (tenant: string) => clientOf(tenant).homes.map(scope => ({ tenant, scope }))
  const tokens = tokenCache({
    ask: tokenCalls({ ask: ({ tenant, scope }) => clientOf(tenant).token(scope), labelsOf, count: countCall, logger }),
    maxAgeMs: settings.TOKEN_MAX_AGE,
    refreshBeforeMs: settings.REFRESH_BEFORE,
    ...cacheWorld,
  })
  const principalWaits = waits(ms => sleep(ms, undefined, { ref: false }))
  let known: ReadonlyMap<string, KnownPrincipal> = new Map()
  /** Tenants that get no credentials, with the reason. */
  let refused: ReadonlyMap<string, Fault> = new Map()
  const principals = () => withRefusals(known, refused)

  function requireServed(tenant: string): void {
    const fault = refused.get(tenant)
    if (fault !== undefined) throw fault
  }

  const admissions: Pick<AdmitWorld, 'token' | 'ownRegistry' | 'isRegion' | 'partition' | 'tenantState' | 'askAgain'> = {
    token: async (key, limitMs) => {
      requireServed(key.tenant)
      return tokens.get(key, limitMs)
    },
    ownRegistry: async (tenant, limitMs) => {
      requireServed(tenant)
      return clientOf(tenant).ownRegistry(limitMs)
    },
    isRegion: (tenant, region) => clientOf(tenant).isRegion(region),
    partition: tenant => clientOf(tenant).partition(),
    tenantState: tenant => tenantState(tenant, { principal: principals().get(tenant.name), tokens: tokens.entries(), nowMs: Date.now() }),
    askAgain: ({ name }) => {
      principalWaits.wake()
      // The error is not lost: it is counted, logged and kept as the key's last error.
      for (const key of homeKeys(name)) Promise.resolve(tokens.get(key, askAgainLimitMs)).catch(() => {})
    },
  }

  /** Requests each tenant's principal and the tokens that it is expected to need, and keeps the tokens renewed. */
  function start(): void {
    setInterval(tokens.renew, renewEveryMs).unref()
    known = findPrincipals({
      clients,
      wait: principalWaits.wait,
      onFound: (tenant, principal, all) => {
        logger.info({ tenant, principal }, 'principal')
        refused = refusedTenants(tenants, all)
        const fault = refused.get(tenant)
        if (fault !== undefined) logger.error({ tenant, error: fault.message }, 'tenants refused')
      },
      onProblem: (tenant, error) => logger.error({ tenant, error }, 'principal unknown; retrying'),
    })
    for (const tenant of clients.keys()) for (const key of homeKeys(tenant)) tokens.watch(key)
  }

  return {
    admissions,
    start,
    principals,
    tokens: tokens.entries,
    tokenSamples: () => tokenSamples(tokens.entries(), labelsOf),
  }
}

/** The regions of the tokens that each tenant is expected to need, as label values of the metrics. */
export function homeRegions(clients: ReadonlyMap<string, TenantClient>): { tenant: string; regions: string[] }[] {
  return [...clients].map(([tenant, { homes, isRegion }]) => ({ tenant, regions: homes.map(scope => regionLabel(scope, isRegion)) }))
}

function missingClient(tenant: string): never {
  throw new Error(`no AWS client for tenant ${tenant}`)
}
