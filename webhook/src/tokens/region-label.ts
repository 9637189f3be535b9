import { type Scope, scopeId } from '@ecr-anywhere/shared/scope.ts'

/**
 * A scope as metrics name it, such as `us-east-1`, `us-east-1/fips` or `public`. Bounded: what is no region is `other`.
 *
 * @param isRegion does AWS list this region, or an operator's settings?
 */
export function regionLabel(scope: Scope, isRegion: (region: string) => boolean): string {
  return scopeId(scope.kind === 'public' || isRegion(scope.region) ? scope : { ...scope, region: 'other' })
}
