import type { Registry } from './registry.ts'

/** Which token: those of one scope serve the same registries (of one principal). */
export type Scope = { kind: 'private'; region: string; fips: boolean; dualStack: boolean } | { kind: 'public' }

/** ECR Public has its API in one region only: https://docs.aws.amazon.com/general/latest/gr/ecr-public.html */
export const publicRegion = 'us-east-1'

export function scopeOf(registry: Registry): Scope {
  if (registry.kind === 'public') return { kind: 'public' }
  const { region, fips, dualStack } = registry
  return { kind: 'private', region, fips, dualStack }
}

/** One text per scope, such as `us-east-1`, `us-east-1/fips` or `public`. */
export function scopeId(scope: Scope): string {
  if (scope.kind === 'public') return 'public'
  const id = `${scope.region}${scope.fips ? '/fips' : ''}${scope.dualStack ? '/dual-stack' : ''}`
  // A host may name a region `public`, though AWS has none.
  return id === 'public' ? 'public/private' : id
}

/** The region that is asked for a scope's token. */
export function regionOf(scope: Scope): string {
  return scope.kind === 'public' ? publicRegion : scope.region
}
