import { type Scope, scopeId } from '@ecr-anywhere/shared/scope.ts'

/**
 * The label value of a scope, such as `us-east-1`, `us-east-1/fips` or `public`. The values are bounded: an unknown region is `other`.
 *
 * @param isRegion whether the SDK lists this region or the settings name it
 */
export function regionLabel(scope: Scope, isRegion: (region: string) => boolean): string {
  return scopeId(scope.kind === 'public' || isRegion(scope.region) ? scope : { ...scope, region: 'other' })
}
