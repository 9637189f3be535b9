import { Fault, sentence } from '@ecr-anywhere/shared/fault.ts'
import { scopeId } from '@ecr-anywhere/shared/scope.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import { type TenantState, tenantState } from './tenants/tenant-state.ts'
import type { TokenKey } from './tokens/tokens.ts'

/** The body of `GET /status`. It never contains a token. */
export interface Status {
  version: string
  attestation: string
  servingCertificate: { notAfter: string; secondsLeft: number } | null
  tenants: Record<string, TenantStatus>
}

export interface TenantStatus {
  /** Whether its Secrets can get credentials now. */
  state: TenantState['state']
  /** The ARN, or null until AWS has reported it. */
  principal: string | null
  /** The code of the error if the principal is not known, and in `cause` the message that says what to do. */
  error?: string
  cause?: string
  /** By scope: a region, optionally followed by `/fips` and `/dual-stack`, or `public`. */
  tokens: Record<string, { secondsLeft?: number; error?: string; cause?: string }>
}

export interface StatusParts {
  version: string
  attestation: string
  notAfterMs: number | undefined
  tenants: Iterable<Pick<Tenant, 'name' | 'registries'>>
  principals: ReadonlyMap<string, { arn?: string; error?: unknown }>
  tokens: Iterable<{ key: TokenKey; cached?: { value: Token }; error?: unknown; watched: boolean }>
  nowMs: number
}

export function statusOf({ version, attestation, notAfterMs, tenants, principals, tokens, nowMs }: StatusParts): Status {
  const secondsLeft = (untilMs: number) => Math.floor((untilMs - nowMs) / 1000)
  const all = [...tokens]
  const statuses = [...tenants].map((tenant): [string, TenantStatus] => {
    const principal = principals.get(tenant.name)
    const own = all.filter(({ key }) => key.tenant === tenant.name)
    const ofScopes = own.map(({ key, cached, error }) => {
      const left = cached === undefined ? {} : { secondsLeft: secondsLeft(cached.value.expiresAtMs) }
      return [scopeId(key.scope), { ...left, ...problemOf(error) }] as const
    })
    const { state } = tenantState(tenant, { principal, tokens: own, nowMs })
    return [tenant.name, { state, principal: principal?.arn ?? null, ...problemOf(principal?.error), tokens: Object.fromEntries(ofScopes) }]
  })
  const servingCertificate = notAfterMs === undefined ? null : { notAfter: formatTime(notAfterMs), secondsLeft: secondsLeft(notAfterMs) }
  return { version, attestation, servingCertificate, tenants: Object.fromEntries(statuses) }
}

function problemOf(error: unknown): { error?: string; cause?: string } {
  return error === undefined ? {} : { error: error instanceof Fault ? error.code : 'error', cause: sentence(error) }
}
