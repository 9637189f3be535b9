import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { scopeId } from '@ecr-anywhere/shared/scope.ts'
import { formatTime } from '@ecr-anywhere/shared/time.ts'
import type { Token } from '@ecr-anywhere/shared/token.ts'
import type { TokenKey } from './tokens.ts'

/** What `GET /status` says. Never a token. */
export interface Status {
  version: string
  attestation: string
  servingCertificate: { notAfter: string; secondsLeft: number } | null
  tenants: Record<string, TenantStatus>
}

export interface TenantStatus {
  /** ARN, or null while AWS has not said. */
  principal: string | null
  /** AWS's code, if it did not say who we are, and the sentence that says what to do. */
  error?: string
  cause?: string
  /** By scope: a region, with `/fips` and `/dual-stack` behind it, or `public`. */
  tokens: Record<string, { secondsLeft?: number; error?: string }>
}

export interface StatusParts {
  version: string
  attestation: string
  notAfterMs: number | undefined
  principals: ReadonlyMap<string, { arn?: string; error?: string; cause?: string }>
  tokens: Iterable<{ key: TokenKey; held?: { value: Token }; error?: unknown }>
  nowMs: number
}

export function statusOf({ version, attestation, notAfterMs, principals, tokens, nowMs }: StatusParts): Status {
  const secondsLeft = (untilMs: number) => Math.floor((untilMs - nowMs) / 1000)
  const tenants: Record<string, TenantStatus> = {}
  for (const [name, { arn, ...problem }] of principals) {
    tenants[name] = { principal: arn ?? null, ...problem, tokens: {} }
  }
  for (const { key, held, error } of tokens) {
    const tenant = tenants[key.tenant]
    if (tenant === undefined) continue
    tenant.tokens[scopeId(key.scope)] = {
      ...(held === undefined ? {} : { secondsLeft: secondsLeft(held.value.expiresAtMs) }),
      ...(error === undefined ? {} : { error: error instanceof Fault ? error.code : 'error' }),
    }
  }
  const servingCertificate = notAfterMs === undefined ? null : { notAfter: formatTime(notAfterMs), secondsLeft: secondsLeft(notAfterMs) }
  return { version, attestation, servingCertificate, tenants }
}
