import type { Registry } from './registry.ts'

/** What a token is valid for. For one principal, all tokens of a scope give access to the same registries. */
export type Scope = { kind: 'private'; region: string; fips: boolean; dualStack: boolean } | { kind: 'public' }

/** ECR Public has its API in this region only: https://docs.aws.amazon.com/general/latest/gr/ecr-public.html */
export const publicRegion = 'us-east-1'

export function scopeOf(registry: Registry): Scope {
  if (registry.kind === 'public') return { kind: 'public' }
  const { region, fips, dualStack } = registry
  return { kind: 'private', region, fips, dualStack }
}

/** A unique text for each scope, such as `us-east-1`, `us-east-1/fips` or `public`. */
export function scopeId(scope: Scope): string {
  if (scope.kind === 'public') return 'public'
  const id = `${scope.region}${scope.fips ? '/fips' : ''}${scope.dualStack ? '/dual-stack' : ''}`
  // The region in a host can be `public`, although AWS has no such region.
  return id === 'public' ? 'public/private' : id
}

/** The region from which a scope's token is requested. */
export function regionOf(scope: Scope): string {
  return scope.kind === 'public' ? publicRegion : scope.region
}
